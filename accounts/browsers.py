"""The browser that a request names, in words that its owner knows again (pure: no Django).

Only these words are kept, never the whole ``User-Agent``: “Firefox on Windows” is enough to know one's own computer by, and
tells nobody more.
"""

# The first word found counts: most browsers name the older ones that they are like, too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def words_of(user_agent: str) -> str:
    """“Firefox on Windows”; “Firefox” or “Windows” where only one is known; empty where neither is."""
    named = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return " on ".join(word for word in named if word)


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for mark, word in words if mark in text), "")
