import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.orders import orbit
from tests.pipelines.orders.machine import RATE, TIME, angle, run_up

THETA = 2 * np.pi * angle(run_up())


def test_an_ellipse_hidden_in_other_orders_is_read_back():
    rng = np.random.default_rng(3)
    x = 3 * np.cos(THETA) + 2 * np.cos(3.7 * THETA) + 0.5 * rng.standard_normal(TIME.size) + 10
    y = 1 * np.sin(THETA) + 2 * np.cos(2.6 * THETA) + 0.5 * rng.standard_normal(TIME.size) - 4
    found = orbit(x, y, RATE, run_up())
    assert found.x.max() == pytest.approx(3, rel=0.02)
    assert found.y.max() == pytest.approx(1, rel=0.04)
    assert found.forward[0] == pytest.approx(2, rel=0.03)
    assert found.backward[0] == pytest.approx(1, rel=0.05)
    assert found.precession() == ("forward",)
    assert found.angle_deg[int(found.x.argmax())] % 360 == pytest.approx(0, abs=3) or found.angle_deg[
        int(found.x.argmax())
    ] == pytest.approx(360, abs=3)
    assert found.residual_rms == pytest.approx(np.sqrt((2**2 / 2 + 2**2 / 2 + 2 * 0.5**2 * 0.05) / 2), rel=0.1)


def test_a_circle_against_the_rotation_is_backward_and_orders_add_up():
    x = np.cos(THETA) + 0.5 * np.cos(2 * THETA + 0.3)
    y = -np.sin(THETA) + 0.5 * np.sin(2 * THETA + 0.3)
    found = orbit(x, y, RATE, run_up(), orders=(1, 2), points=720)
    assert found.precession() == ("backward", "forward")
    np.testing.assert_allclose([found.backward[0], found.forward[1]], [1, 0.5], rtol=5e-3)
    np.testing.assert_allclose([found.forward[0], found.backward[1]], 0, atol=5e-3)
    theta = np.radians(found.angle_deg)
    np.testing.assert_allclose(found.x, np.cos(theta) + 0.5 * np.cos(2 * theta + 0.3), atol=5e-3)
    assert found.turns == 1


def test_half_the_speed_closes_after_two_turns():
    found = orbit(np.cos(THETA / 2), np.sin(THETA / 2), RATE, run_up(), orders=(0.5,))
    assert found.turns == 2
    assert found.angle_deg[-1] == pytest.approx(719)
    assert np.hypot(found.x, found.y) == pytest.approx(1, rel=5e-3)


def test_channels_that_do_not_belong_together_are_refused():
    with pytest.raises(InputError, match="same length"):
        orbit(TIME, TIME[:-1], RATE, run_up())
    with pytest.raises(InputError, match="no speed is known"):
        orbit(TIME, TIME, RATE, None)
    for orders in ((), (1, 1), (-1,), (0,)):
        with pytest.raises(InputError, match="one to ten different positive numbers"):
            orbit(TIME, TIME, RATE, run_up(), orders=orders)
    with pytest.raises(InputError, match="points"):
        orbit(TIME, TIME, RATE, run_up(), points=3)
