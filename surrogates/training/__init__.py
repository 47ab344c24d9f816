"""Training methods for any network and any physics: DP, SIP, HIG and SIP+HIG. Knows nothing of flows."""
