"""Whatever file somebody sends: it becomes a small, upright picture of nothing but pixels, or is refused kindly."""

import asyncio
import os
from io import BytesIO

import psutil
import pytest
from PIL import Image

from src_v2.core.errors import RefusedInput
from src_v2.media import decoder
from src_v2.media.pictures import Pictures
from tests.support.pictures import GREEN, Sample, refused, samples, saved

FILES = refused()


@pytest.mark.parametrize("name", FILES)
async def test_what_is_no_picture_or_too_much_is_refused_with_a_reason(name: str) -> None:
    data, reason = FILES[name]
    with pytest.raises(RefusedInput, match=reason) as refusal:
        await Pictures().open(data, name)
    assert refusal.value.user_message.startswith("I can't take this file: it ")


@pytest.mark.parametrize("sample", samples()[::6], ids=lambda sample: sample.name)
async def test_the_process_of_its_own_gives_what_the_decoder_makes(sample: Sample) -> None:
    picture = await Pictures().open(sample.data, f"C:\\photos\\{sample.name}")
    assert (picture.media_type, picture.width, picture.height, picture.data) == decoder.safe_picture(sample.data)
    assert picture.name == sample.name


async def test_a_decoder_that_takes_too_long_is_killed_and_leaves_nobody_behind() -> None:
    slow = saved(Image.new("RGB", (4000, 3000), GREEN), "PNG")
    with pytest.raises(RefusedInput, match="in time"):
        await Pictures(decode_s=0.001).open(slow, "slow.png")
    assert decoders() == []


async def test_a_cancelled_turn_takes_its_decoder_along() -> None:
    opening = asyncio.create_task(Pictures().open(saved(Image.new("RGB", (4000, 3000)), "PNG"), "a.png"))
    await a_child()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert decoders() == []


def test_noise_that_no_codec_can_shrink_still_fits() -> None:
    noise = Image.frombytes("RGB", (1568, 1568), os.urandom(1568 * 1568 * 3))
    media_type, width, height, data = decoder.safe_picture(saved(noise, "WEBP", quality=100))
    assert media_type == "image/jpeg"
    assert len(data) <= decoder.MOST_BYTES_OUT
    assert (width, height) == Image.open(BytesIO(data)).size


async def test_the_decoder_is_started_without_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    opening = asyncio.create_task(Pictures().open(saved(Image.new("RGB", (4000, 3000)), "PNG"), "a.png"))
    assert "OPENAI_API_KEY" not in (await a_child()).environ()
    await opening


async def a_child() -> psutil.Process:
    """Wait until this process has started another."""
    async with asyncio.timeout(10):
        while not (found := decoders()):  # noqa: ASYNC110 - nobody tells of a process that starts
            await asyncio.sleep(0.01)
    return found[0]


def decoders() -> list[psutil.Process]:
    """Return the processes that decode for this one; servers of other tests are no concern here."""
    return [child for child in psutil.Process().children() if "python" in child.name()]
