"""A company's links to Google Ads: OAuth, ad accounts and conversion actions."""
