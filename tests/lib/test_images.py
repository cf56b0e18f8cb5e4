"""A picture of a stranger comes out as a plain JPEG of ours or not at all, in little time and memory."""

import contextlib
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from corpora import corpus
from lib.picture_files import encoded, full_of_notes, jpeg, photo, png_that_claims
from PIL import Image

from lms.lib import images
from lms.lib.images import BadPicture, hash_distance, read_picture

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 300_000_000
MOST_SECONDS = 3

#: Reads pictures in a small process of its own: what a process has used before counts for its children too.
MEASURED = """
import json, resource, sys
from lms.lib import images
for path in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        made = images.read_picture(open(path, "rb").read())
        told = [made.data.hex(), made.thumbnail.hex()]
    except images.BadPicture as problem:
        told = problem.code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([path, told, seconds, after.ru_maxrss * 1024]))
"""


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal(data):
    with pytest.raises(BadPicture) as caught:
        read_picture(data)
    return caught.value.code


def measured(paths):
    """What each picture became, with the seconds of work and the most memory that opening it took."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_plain(data):
    """Nothing but pixels: a JPEG without any note."""
    image = opened(data)
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert dict(image.getexif()) == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_kinds_come_out_as_a_progressive_jpeg_with_a_small_copy(kind):
    made = read_picture(encoded(photo(2000, 1500), kind))

    assert (made.width, made.height) == opened(made.data).size == (1280, 960)
    assert opened(made.data).info["progressive"]
    assert opened(made.thumbnail).size == (320, 240)
    assert len(made.thumbnail) <= 20_000
    assert_plain(made.data)
    assert_plain(made.thumbnail)


def test_a_small_picture_keeps_its_size():
    made = read_picture(jpeg(200, 100))

    assert (made.width, made.height) == (200, 100)
    assert opened(made.thumbnail).size == (200, 100)


def test_the_same_picture_gives_the_same_bytes():
    assert read_picture(jpeg()) == read_picture(jpeg())


@pytest.mark.parametrize("side", [(2000, 3), (3, 2000), (1, 1)])
def test_a_thin_picture_keeps_at_least_one_pixel(side):
    made = read_picture(encoded(photo(*side), "PNG"))

    assert min(made.width, made.height) >= 1
    assert max(made.width, made.height) <= 1280


def test_even_noise_has_a_small_thumbnail():
    noise = Image.frombytes("RGB", (640, 640), random.Random(1).randbytes(640 * 640 * 3))

    assert len(read_picture(encoded(noise)).thumbnail) <= 20_000


@pytest.mark.parametrize(("orientation", "corner"), [
    (1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1)),
])
def test_a_picture_stands_upright_however_the_phone_was_held(orientation, corner):
    image = Image.new("RGB", (320, 160), "white")
    image.paste("red", (0, 0, 80, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation

    made = read_picture(encoded(image, exif=exif))

    assert (made.width, made.height) == ((320, 160) if orientation < 5 else (160, 320))
    at = tuple(15 if not far else size - 15 for far, size in zip(corner, (made.width, made.height), strict=True))
    red, green, _blue = opened(made.data).getpixel(at)
    assert red > 180
    assert green < 80


def test_nothing_of_the_notes_beside_a_picture_is_left():
    given = full_of_notes()
    assert given.count(b"SECRET") >= 5

    made = read_picture(given)

    assert b"SECRET" not in made.data + made.thumbnail
    assert b"Exif" not in made.data + made.thumbnail
    assert_plain(made.data)
    assert_plain(made.thumbnail)


@pytest.mark.parametrize(("image", "options"), [
    (Image.new("RGBA", (40, 40), (255, 0, 0, 0)), {}),
    (Image.new("LA", (40, 40), (0, 0)), {}),
    (Image.new("P", (40, 40), 0), {"transparency": 0}),
])
def test_what_is_transparent_becomes_white(image, options):
    assert min(opened(read_picture(encoded(image, "PNG", **options)).data).getpixel((20, 20))) > 250


@pytest.mark.parametrize(("image", "kind", "brightness"), [
    (Image.new("I;16", (40, 40), 32768), "PNG", 128), (Image.new("1", (40, 40), 1), "PNG", 255),
    (Image.new("L", (40, 40), 128), "JPEG", 128), (Image.new("CMYK", (40, 40), (0, 0, 0, 127)), "JPEG", 128),
])
def test_every_way_to_keep_pixels_shows_the_same_brightness(image, kind, brightness):
    assert all(abs(part - brightness) < 6 for part in opened(read_picture(encoded(image, kind)).data).getpixel((9, 9)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animated_picture_the_first_frame_stays(kind):
    frames = [Image.new("RGB", (50, 50), (10 + 2 * step, 0, 0)) for step in range(100)]

    made = read_picture(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))

    assert opened(made.data).getpixel((20, 20))[0] < 20
    assert getattr(opened(made.data), "n_frames", 1) == 1


@pytest.mark.parametrize("data", [
    b"", b"\0" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 50,
])
def test_what_is_no_picture_of_the_three_kinds_is_refused_without_opening_it(data, monkeypatch):
    monkeypatch.setattr(images, "WORKER", Path("nowhere"))

    assert refusal(data) == "not_a_picture"


def test_the_content_decides_and_the_beginning_alone_is_not_enough():
    assert refusal(b"\xff\xd8\xff" + b"MZ" * 500) == "broken"
    assert refusal(b"RIFF\x10\0\0\0WEBPVP8 " + b"x" * 100) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_off_is_refused(kind):
    whole = encoded(photo(), kind)

    assert refusal(whole[:len(whole) // 2]) == "broken"


def test_FAULT_F17_no_flipped_bit_leads_to_anything_but_a_refusal_or_a_plain_picture():
    whole, chance = jpeg(64, 64), random.Random(3)
    for _ in range(12):
        spot = chance.randrange(len(whole))
        # Nothing but a refusal of the picture is let through.
        with contextlib.suppress(BadPicture):
            made = read_picture(whole[:spot] + bytes([whole[spot] ^ 1 << chance.randrange(8)]) + whole[spot + 1:])
            assert_plain(made.data)


def test_a_picture_with_more_pixels_than_allowed_is_refused_and_one_with_as_many_is_not():
    assert refusal(png_that_claims(5001, 5000)) == "too_many_pixels"
    assert refusal(png_that_claims(60_000, 60_000)) == "too_many_pixels"
    made = read_picture(encoded(Image.new("RGB", (5000, 5000)), "PNG"))
    assert (made.width, made.height) == (1280, 1280)


def test_a_picture_with_too_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(images, "LARGEST", 1000)

    assert refusal(jpeg()) == "too_large"


def worker_that(tmp_path, monkeypatch, source):
    """Put a program in the place of the one that opens pictures; it has the limits of the real one, and one second."""
    path = tmp_path / "worker.py"
    path.write_text("\n".join((
        "import sys", f"sys.path.append({str(images.WORKER.parent)!r})", "import images_worker as w",
        "w.CPU_SECONDS = 1", "w.limit_this_process()", source,
    )))
    monkeypatch.setattr(images, "WORKER", path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits for a process")
@pytest.mark.parametrize(("source", "code"), [
    ("while True: pass", "too_costly"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "broken"),
])
def test_a_decoder_that_hangs_or_crashes_ends_alone(tmp_path, monkeypatch, source, code):
    worker_that(tmp_path, monkeypatch, source)

    assert refusal(jpeg()) == code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits for a process")
def test_a_decoder_gets_no_more_than_its_memory_and_no_file(tmp_path, monkeypatch):
    worker_that(tmp_path, monkeypatch, "w.remade = lambda data: bytearray(300_000_000)\nw.main()")
    assert refusal(jpeg()) == "too_costly"
    target = tmp_path / "written"
    worker_that(tmp_path, monkeypatch, f"open({str(target)!r}, 'w').write('x')")
    with pytest.raises((BadPicture, RuntimeError)):
        read_picture(jpeg())
    assert not target.exists() or target.read_bytes() == b""


def test_the_process_that_decodes_knows_nothing_of_our_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("LMS_DATABASE_URL", "postgresql://user:secret@host/name")
    told = "import os\nsys.exit('it leaks' if 'LMS_DATABASE_URL' in os.environ else 'it is silent')"
    worker_that(tmp_path, monkeypatch, told)

    with pytest.raises(RuntimeError, match="it is silent"):
        read_picture(jpeg())


def test_a_fault_of_ours_is_no_fault_of_the_picture(monkeypatch):
    monkeypatch.setattr(images, "WORKER", Path("nowhere.py"))

    with pytest.raises(RuntimeError, match="cannot be opened"):
        read_picture(jpeg())


def test_only_so_many_pictures_are_opened_at_once(monkeypatch):
    monkeypatch.setattr(images, "PATIENCE", 0.01)
    for _ in range(images.AT_ONCE):
        assert images._turns.acquire(blocking=False)
    try:
        with pytest.raises(images.NoTurn):
            read_picture(jpeg())
    finally:
        for _ in range(images.AT_ONCE):
            images._turns.release()


def test_a_refused_picture_gives_its_turn_back():
    for _ in range(images.AT_ONCE + 1):
        assert refusal(b"\xff\xd8\xff") == "broken"
    assert read_picture(jpeg())


def test_the_picture_hash_knows_a_picture_again_and_tells_others_apart():
    first = photo(900, 600)
    first.paste("black", (100, 80, 300, 350))
    smaller = first.resize((500, 333))
    other = photo(900, 600).transpose(Image.Transpose.ROTATE_90)
    hashes = [read_picture(data).hash for data in (
        encoded(first, quality=95), encoded(smaller, quality=40), encoded(first, "PNG"), encoded(other),
    )]

    assert all(len(value) == 16 for value in hashes)
    assert hash_distance(hashes[0], hashes[1]) <= 6
    assert hash_distance(hashes[0], hashes[2]) <= 2
    assert hash_distance(hashes[0], hashes[3]) > 12
    assert (hash_distance("0" * 16, "f" * 16), hash_distance(hashes[0], hashes[0])) == (64, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is told in its own way elsewhere")
def test_every_picture_of_the_corpus_is_refused_or_made_anew_in_little_time_and_memory():
    files = sorted(corpus("images", "pillow").iterdir())
    told = measured(files)

    assert len(told) == len(files)
    made = {}
    for path, outcome, seconds, memory in told:
        assert seconds <= MOST_SECONDS, path
        assert memory <= MOST_MEMORY, path
        if isinstance(outcome, str):
            assert outcome in ("not_a_picture", "too_large", "too_many_pixels", "too_costly", "broken"), path
        else:
            made[Path(path).name] = outcome
            for data in map(bytes.fromhex, outcome):
                assert_plain(data)
    assert {"hopper.jpg", "hopper.png", "hopper.webp", "exif_gps.jpg"} <= set(made)


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is told in its own way elsewhere")
def test_the_dearest_pictures_that_pass_stay_within_time_and_memory(tmp_path):
    colours = photo(5770, 4330)
    clear = photo(2885, 2165).resize((5770, 4330))
    clear.putalpha(128)
    for name, image, kind, options in (
        ("progressive", colours, "JPEG", {"quality": 70, "progressive": True, "subsampling": 0}),
        ("transparent", clear, "PNG", {"compress_level": 1}), ("colours", colours, "PNG", {"compress_level": 1}),
        ("webp", photo(4600, 3450), "WEBP", {"method": 0}), ("large webp", colours, "WEBP", {"method": 0}),
    ):
        (tmp_path / name).write_bytes(encoded(image, kind, **options))
    (tmp_path / "bomb").write_bytes(png_that_claims(60_000, 60_000))
    told = {Path(path).name: rest for path, *rest in measured(tmp_path.iterdir())}

    assert max(seconds for _outcome, seconds, _memory in told.values()) <= MOST_SECONDS
    assert max(memory for _outcome, _seconds, memory in told.values()) <= MOST_MEMORY
    assert {name for name, (outcome, *_rest) in told.items() if isinstance(outcome, str)} <= {"bomb", "large webp"}
