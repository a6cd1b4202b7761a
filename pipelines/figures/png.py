"""A drawing as PNG, with the letters of the pages."""

from functools import cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from pipelines.figures.drawing import Area, Cells, Drawing, Line, Words, strokes

FINER = 3
"""Lines are drawn so many times as large and made smaller, which smooths them."""

_MISSING = "\uffff"
_REGULAR = ("latin", "latin-ext", "greek", "cyrillic", "math")


def as_png(drawing: Drawing, scale: float = 2.0) -> bytes:
    """The drawing as a picture of ``scale × width`` by ``scale × height`` pixels."""
    size = round(drawing.width * scale), round(drawing.height * scale)
    fine = scale * FINER
    large = Image.new("RGB", (round(drawing.width * fine), round(drawing.height * fine)), "white")
    pen = ImageDraw.Draw(large, "RGBA")
    for item in drawing.items:
        if isinstance(item, Area):
            box = (item.x * fine, item.y * fine, (item.x + item.width) * fine, (item.y + item.height) * fine)
            pen.rectangle(box, fill=(*ImageColor.getrgb(item.color)[:3], round(255 * item.opacity)))
        elif isinstance(item, Line):
            _stroke(pen, item, fine)
        elif isinstance(item, Cells):
            cells = Image.fromarray(item.colors).resize(
                (round(item.width * fine), round(item.height * fine)), Image.Resampling.NEAREST
            )
            large.paste(cells, (round(item.x * fine), round(item.y * fine)))
    picture = large.resize(size, Image.Resampling.BOX)
    for item in drawing.items:
        if isinstance(item, Words):
            _write(picture, item, scale)
    told = PngInfo()
    told.add_itxt("Title", drawing.title)
    out = BytesIO()
    picture.save(out, "PNG", optimize=False, pnginfo=told, dpi=(72 * scale, 72 * scale))
    return out.getvalue()


def _stroke(pen: ImageDraw.ImageDraw, line: Line, fine: float) -> None:
    width = max(1, round(line.width * fine))
    for part in strokes(line.points):
        if line.dash is None:
            pen.line([(x, y) for x, y in (part * fine).tolist()], line.color, width, joint="curve")
            continue
        for (x0, y0), (x1, y1) in zip(part[:-1].tolist(), part[1:].tolist(), strict=True):
            length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
            stroke, gap = line.dash
            done = 0.0
            while done < length:
                a, b = done / length, min(done + stroke, length) / length
                ends = [(x0 + s * (x1 - x0), y0 + s * (y1 - y0)) for s in (a, b)]
                pen.line([(x * fine, y * fine) for x, y in ends], line.color, width)
                done += stroke + gap


def _write(picture: Image.Image, item: Words, scale: float) -> None:
    size = item.size * scale
    runs = _runs(item.text, size, item.bold)
    length = sum(font.getlength(text) for text, font in runs)
    before = {"start": 0.0, "middle": length / 2, "end": length}[item.anchor]
    if not item.turned:
        pen, x = ImageDraw.Draw(picture), item.x * scale - before
        for text, font in runs:
            pen.text((x, item.y * scale), text, item.color, font, anchor="ls")
            x += font.getlength(text)
        return
    wide, high = int(length) + 2, int(2 * size)
    mask = Image.new("L", (wide, high), 0)
    pen, x = ImageDraw.Draw(mask), 0.0
    for text, font in runs:
        pen.text((x, 1.4 * size), text, 255, font, anchor="ls")
        x += font.getlength(text)
    turned = mask.rotate(90, expand=True)
    place = round(item.x * scale - 1.4 * size), round(item.y * scale - wide + before)
    picture.paste(Image.new("RGB", turned.size, item.color), place, turned)


def _runs(text: str, size: float, bold: bool) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """A text in pieces, each with the first font that has its letters; what none has is a box."""
    fonts = ([_font("latin-700", size)] if bold else []) + [_font(f"{name}-400", size) for name in _REGULAR]
    runs: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for letter in (one if one.isprintable() else " " for one in text):
        font = next((one for one in fonts if _has(one, letter)), fonts[0])
        if runs and runs[-1][1] is font:
            runs[-1] = (runs[-1][0] + letter, font)
        else:
            runs.append((letter, font))
    return runs


@cache
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    with resources.files("pipelines.figures").joinpath("fonts", f"roboto-{name}.woff").open("rb") as file:
        # the simple layout gives the same picture wherever it is drawn, and takes every letter
        return ImageFont.truetype(BytesIO(file.read()), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    if letter.isspace():
        return True
    return bytes(font.getmask(letter)) != _box(font)


@cache
def _box(font: ImageFont.FreeTypeFont) -> bytes:
    """What a font draws for a letter that it has not."""
    return bytes(font.getmask(_MISSING))
