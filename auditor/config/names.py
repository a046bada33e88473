"""The names that several files share. All platform names are valid from the first day, connected or not."""

from __future__ import annotations

PLATFORMS = (
    "bluesky",
    "facebook",
    "feed",
    "instagram",
    "linkedin",
    "mastodon",
    "telegram",
    "threads",
    "tiktok",
    "whatsapp_channel",
    "x",
    "youtube",
)
ALIASES = {  # what people write instead
    "twitter": "x",
    "ig": "instagram",
    "insta": "instagram",
    "fb": "facebook",
    "yt": "youtube",
    "tg": "telegram",
    "whatsapp": "whatsapp_channel",
    "wa": "whatsapp_channel",
    "rss": "feed",
    "situs": "feed",
    "website": "feed",
    "web": "feed",
}
EXEMPTIONS = (
    "crisis",
    "seasonal",
    "guard",
    "archived",
    "messaging",
    "transition",
    "platform_trouble",
    "access_lost",
)
CLOSING = ("frozen", "merged", "deleted")
ENV_KEYS = (  # keys of a platform in auditor.yaml that name environment variables
    "key_env",
    "token_env",
    "token_envs",
    "tokens_env",
    "user_id_env",
    "app_secret_env",
    "client_key_env",
    "client_secret_env",
)
OPTIONS = ("government_use_acknowledged", "dialect", "embed")  # what an adapter may be told
