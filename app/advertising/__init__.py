"""What Google Ads tells of the advertising itself: the cost of each campaign by day, and what each click was."""
