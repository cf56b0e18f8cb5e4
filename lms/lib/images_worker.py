"""The process that opens one picture from a stranger and makes it anew; started by `lms.lib.images`, never imported.

It reads the picture from its input and writes one line of JSON, then the new picture and its small copy. Decoders are
written in C and a picture may be made to hurt them, so they run here: with a limit on memory and time where the system
has limits, without our settings and keys, and with nothing to lose when they crash. It knows Pillow, and nothing of us.
"""

from __future__ import annotations

import io
import json
import sys
import warnings

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

try:
    import resource
except ImportError:  # Windows has no such limits; the limit on pixels holds there too.
    resource = None  # type: ignore[assignment]

MEMORY_BYTES = 300_000_000
CPU_SECONDS = 3
MOST_PIXELS = 25_000_000
LONG_SIDE, QUALITY = 1280, 75
SMALL_SIDE, SMALL_QUALITIES, SMALL_BYTES = 320, (70, 55, 40, 25, 10), 20_000
_READERS = (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)
FORMATS = tuple(reader.format for reader in _READERS)
_ORIENTATION = 0x0112
#: Ways to keep pixels of which Pillow can take the mean without turning them into another way first.
_AVERAGED = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
#: What the camera says about how it was held, as the turn that puts the picture upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def limit_this_process() -> None:
    """Take away memory and time beyond what an honest picture needs."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def remade(data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    """Return facts, picture and small copy. Raises whatever Pillow raises for a picture it cannot read."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    upright = _on_white(_reduced(image), _turn_of(image))
    picture = _jpeg(upright, QUALITY)
    facts = {"width": upright.width, "height": upright.height, "hash": f"{_difference_hash(upright):016x}"}
    small = upright.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    thumbnail = b""
    for quality in SMALL_QUALITIES:
        thumbnail = _jpeg(small, quality)
        if len(thumbnail) <= SMALL_BYTES:
            break
    return facts, picture, thumbnail


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(int(image.getexif()[_ORIENTATION]))
    except Exception:  # The notes beside a picture are often broken where the picture is not.
        return None


def _reduced(image: Image.Image) -> Image.Image:
    """Return the first frame, no larger than it is wanted. Each step holds the picture twice at most."""
    times = max(image.size) // LONG_SIDE
    if times > 1:
        # A JPEG can be decoded at half, a quarter or an eighth of its size, which costs as much less.
        image.draft(None, (max(1, image.width // times), max(1, image.height // times)))
    image.load()
    if image.mode.startswith("I"):
        # Pillow cuts sixteen bits off at the top; here the brightest stays the brightest.
        image.info.pop("transparency", None)
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode not in _AVERAGED or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # Averaging whole blocks first keeps the dearer, finer step small.
    blocks = max(image.size) // (2 * LONG_SIDE)
    if blocks > 1:
        image = image.reduce(blocks)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return image


def _on_white(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """Paste onto a new white canvas, so that nothing but pixels comes along: no place, no profile, no comment."""
    canvas = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        canvas.paste(image, mask=image.getchannel("A"))
    else:
        canvas.paste(image.convert("RGB"))
    return canvas if turn is None else canvas.transpose(turn)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


def _difference_hash(image: Image.Image) -> int:
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (grey[at] < grey[at + 1])
    return bits


def main() -> None:
    """Answer for the picture on the input. Every fault of the picture is an answer; a fault of ours ends with 1."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("ignore")
    # Pillow refuses twice the number only, and warns before that; a picture may hold no more pixels than we say.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    data = sys.stdin.buffer.read()
    limit_this_process()
    facts: dict[str, object]
    picture = thumbnail = b""
    try:
        facts, picture, thumbnail = remade(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        facts = {"code": "too_many_pixels"}
    except MemoryError:
        facts = {"code": "too_costly"}
    except Exception:  # Whatever a broken picture makes a decoder say, it says that the picture is broken.
        facts = {"code": "broken"}
    head = json.dumps(facts | {"sizes": [len(picture), len(thumbnail)]}).encode()
    sys.stdout.buffer.write(head + b"\n" + picture + thumbnail)


if __name__ == "__main__":
    main()
