"""The dashboard: `alm dashboard`, or `streamlit run dashboard.py`. The page itself is `alm/screen/main.py`.

What stands here is only the door: it listens to this machine alone and turns away whatever another site, another
local port or a rebound name sends, and it hands out the page with its look in it.
"""

import gc

gc.disable()  # what is loaded here stays: looking for garbage in it meanwhile would be a tenth of the loading

from pathlib import Path  # noqa: E402

from starlette.middleware import Middleware  # noqa: E402
from streamlit.starlette import App  # noqa: E402

from alm.screen.guard import Guard  # noqa: E402
from alm.screen.look import Dressed  # noqa: E402
from alm.screen.service import lifespan  # noqa: E402

# Nor is it looked through later, while the page is waited for. What comes after is mostly charts, whose garbage is
# found soon enough when it is looked for every 50,000 objects, not every 700.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
gc.enable()

app = App(
    Path(__file__).parent / "alm" / "screen" / "main.py",
    middleware=[Middleware(Guard), Middleware(Dressed)],
    lifespan=lifespan,
)
