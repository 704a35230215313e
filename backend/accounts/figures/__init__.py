"""Yearly figures of an account (年度经营数据): what emissions are set in relation to."""
