"""The line to the national platform (全国会计人员管理服务平台): client, values, errors, simulator."""

DEMO_TOKEN = "demo-token"  # what simulator and settings agree on when nobody set NATIONAL_PLATFORM_TOKEN
