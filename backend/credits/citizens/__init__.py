"""Points of citizens (公众碳积分): scenes, acts that earn, rewards to redeem, the year's first."""
