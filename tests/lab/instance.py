"""What a Mastodon-compatible server says of itself: /api/v2/instance, /api/v1/instance, NodeInfo."""

from __future__ import annotations

from typing import Any

MEDIA = ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg"]


def instance_v2(host: str, version: str) -> dict[str, Any]:
    """The keys of a Mastodon 4.7 server."""
    base = f"https://{host}"
    about = {"about": f"{base}/about", "privacy_policy": f"{base}/privacy-policy", "terms_of_service": None}
    names = {"profile_field_name_limit": 255, "profile_field_value_limit": 255}
    texts = {"max_display_name_length": 40, "max_note_length": 500}
    pictures = {"max_avatar_description_length": 150, "max_header_description_length": 150}
    sizes = {"max_featured_tags": 10, "max_pinned_statuses": 5, "max_profile_fields": 4}
    public = {"local": "public", "remote": "public"}
    configuration = {
        "urls": {"streaming": f"wss://{host}", "status": None} | about,
        "vapid": {"public_key": ""},
        "accounts": texts | pictures | sizes | names,
        "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
        "media_attachments": {
            "description_limit": 10000,
            "image_matrix_limit": 33177600,
            "image_size_limit": 16777216,
            "supported_mime_types": MEDIA,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8294400,
            "video_size_limit": 103809024,
        },
        "polls": polls(),
        "translation": {"enabled": False},
        "timelines_access": {"live_feeds": public, "hashtag_feeds": public, "trending_link_feeds": public},
        "limited_federation": False,
    }
    closed = {"enabled": False, "approval_required": False, "reason_required": False, "message": None}
    return {
        "domain": host,
        "title": host,
        "version": version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": {"users": {"active_month": 4}},
        "thumbnail": {"url": f"{base}/preview.png", "description": ""},
        "icon": [{"src": f"{base}/icon-36.png", "size": "36x36"}],
        "languages": ["id"],
        "configuration": configuration,
        "registrations": closed | {"min_age": None, "url": None},
        "api_versions": {"mastodon": 11},
        "wrapstodon": None,
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def polls() -> dict[str, int]:
    return {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2629746}


def instance_v1(host: str, version: str, software: str, users: int) -> dict[str, Any]:
    """The older form, which every server of the family has."""
    base = f"https://{host}"
    said = version if software == "mastodon" else f"2.7.2 (compatible; {software} {version})"
    sizes = {"image_size_limit": 16777216, "image_matrix_limit": 33177600, "video_size_limit": 103809024}
    frames = {"video_frame_rate_limit": 120, "video_matrix_limit": 8294400}
    return {
        "uri": host,
        "title": host,
        "short_description": "",
        "description": "",
        "email": "",
        "version": said,
        "urls": {"streaming_api": f"wss://{host}"},
        "stats": {"user_count": users, "status_count": 0, "domain_count": 1},
        "thumbnail": f"{base}/preview.png",
        "languages": ["id"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": {
            "accounts": {"max_featured_tags": 10},
            "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
            "media_attachments": {"supported_mime_types": MEDIA} | sizes | frames,
            "polls": polls(),
        },
        "contact_account": None,
        "rules": [],
    }


def nodeinfo(software: str, version: str, users: int) -> dict[str, Any]:
    """NodeInfo 2.0: which software answers here."""
    return {
        "version": "2.0",
        "software": {"name": software, "version": version},
        "protocols": ["activitypub"],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": {"total": users}, "localPosts": 0},
        "openRegistrations": False,
        "metadata": {},
    }
