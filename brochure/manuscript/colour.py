"""Colours of the screen (sRGB), and how well one stands out against another (WCAG 2.1)."""

Rgb = tuple[float, float, float]


def luminance(colour: Rgb) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.1, “relative luminance”)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, “contrast ratio”)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rgb(colour: str) -> Rgb:
    """``#rrggbb`` as sRGB, each from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def hexadecimal(colour: Rgb) -> str:
    """SRGB as ``#rrggbb``."""
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)


def on_dark(colour: str, background: str, least: float = 4.5) -> str:
    """A tint of the colour that can be read on a dark background: as little white as will do."""
    own, behind = rgb(colour), rgb(background)
    for share in range(0, 101, 5):
        red, green, blue = (c + (1 - c) * share / 100 for c in own)
        if contrast((red, green, blue), behind) >= least:
            return hexadecimal((red, green, blue))
    return "#ffffff"
