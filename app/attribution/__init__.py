"""Where a lead came from: touchpoints, channels and their explanation."""
