import json
import re
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

NUMBERS = ".seqviz-numbers"
STATE = ".seqviz-state"
UPDATE = """() => {
  const said = document.querySelector(".seqviz-numbers").textContent.match(/Update ([\\d,]+)/);
  return said ? Number(said[1].replaceAll(",", "")) : 0;
}"""
STATES = """() => String(document.querySelector("[data-figure=hidden] .js-plotly-plot").data[0].z.map(String))"""
MARK = """() => document.querySelectorAll(".js-plotly-plot").forEach((graph, place) => {
  graph.place = graph.querySelector(".main-svg").place = place;
})"""
MARKED = """() => [...document.querySelectorAll(".js-plotly-plot")].map(
  (graph, place) => graph.place === place && graph.querySelector(".main-svg").place === place)"""
RANGES = """() => {
  const { xaxis, yaxis } = document.querySelector("[data-figure=learning] .js-plotly-plot")._fullLayout;
  return [...xaxis.range, ...yaxis.range];
}"""

SETTLED = """async (layouts) => {
  const [known] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/move.js"));
  const { settled } = await import(known.name.replace("move.js", "axes.js"));
  let shown;
  return layouts.map((layout) => (shown = settled(shown, layout)).yaxis.range);
}"""

# In which of the browser's frames each picture was drawn for the first time.
FIRST = """(() => {
  let frame = 0;
  const next = () => {
    frame += 1;
    requestAnimationFrame(next);
  };
  next();
  window.first = {};
  new MutationObserver((changes) => {
    for (const { target, oldValue } of changes) {
      const drawn = oldValue?.includes("seqviz-waiting") && !target.classList.contains("seqviz-waiting");
      if (drawn) window.first[target.dataset.figure] ??= frame;
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["class"], attributeOldValue: true });
})()"""


@pytest.fixture(autouse=True)
def stage(page, app):
    """The first lesson, once all its pictures are drawn."""
    page.goto(f"{app.address}/many_to_one")
    expect(page.locator(STATE)).to_have_text("not trained yet")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    return page.locator(".seqviz")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def update(page):
    return page.evaluate(UPDATE)


def train_past(page, goal):
    page.wait_for_function(f"({UPDATE})() > {goal}")


def changed_by(frame):
    """The figures that a frame changes."""
    length = int.from_bytes(frame[:4], "little")
    return {path[0] for path, _ in json.loads(frame[4 : 4 + length])["changes"] if path}


def test_while_training_only_what_is_in_sight_travels(page):
    frames = []
    with page.expect_websocket(lambda socket: "/seqviz/" in socket.url) as opened:
        page.reload()
    opened.value.on("framereceived", lambda frame: frames.append(frame) if isinstance(frame, bytes) else None)
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    button(page, "Train").click()
    train_past(page, 20)
    frames.clear()
    train_past(page, update(page) + 20)
    assert changed_by(frames[-1]) == {"graph", "learning", "hidden", "gradient"}
    page.locator("[data-figure=answers]").evaluate("panel => panel.scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(500)
    frames.clear()
    train_past(page, update(page) + 20)
    assert "readout" in changed_by(frames[-1])
    assert "graph" not in changed_by(frames[-1])
    with opened.value.expect_event("framereceived", lambda frame: "graph" in changed_by(frame)):
        page.evaluate("document.querySelector('.seqviz-train').click()")  # where it is: out of sight


def test_each_first_picture_is_painted_before_the_next_is_drawn(page):
    page.add_init_script(FIRST)
    page.reload()
    expect(page.locator(STATE)).to_have_text("not trained yet")
    expect(page.locator(".seqviz-waiting")).to_have_count(0)
    first = page.evaluate("window.first")
    frames = list(first.values())
    assert next(iter(first)) == "graph"
    assert len(frames) > 4
    assert frames == sorted(set(frames)), first


def test_training_redraws_the_same_graphs_in_place(page):
    page.evaluate(MARK)
    before = page.evaluate(STATES)
    button(page, "Train").click()
    train_past(page, 20)
    assert page.evaluate(STATES) != before
    marked = page.evaluate(MARKED)
    assert len(marked) >= 4
    assert all(marked)


def test_everything_down_to_the_row_of_small_pictures_is_above_the_fold(page):
    row = page.locator(".seqviz-panel:not(.seqviz-wide) > .seqviz-canvas")
    for place in range(3):
        box = row.nth(place).bounding_box()
        assert box["y"] + box["height"] <= 768


def test_zoom_survives_training_and_a_double_click_ends_it(page):
    button(page, "Train").click()
    train_past(page, 5)
    area = page.locator("[data-figure=learning] .nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + 20, area["y"] + 10)
    page.mouse.down()
    page.mouse.move(area["x"] + 90, area["y"] + area["height"] - 10, steps=4)
    page.mouse.up()
    zoomed = page.evaluate(RANGES)
    train_past(page, update(page) + 20)
    assert page.evaluate(RANGES) == zoomed
    button(page, "Pause training").click()
    expect(page.locator(STATE)).to_have_text("paused")
    page.mouse.dblclick(area["x"] + 60, area["y"] + area["height"] / 2)
    page.wait_for_function(f"String(({RANGES})()) !== '{','.join(map(str, zoomed))}'")


def test_an_axis_moves_only_when_the_numbers_no_longer_fit(page):
    for wanted, shown in (
        ([[-4, 0], [-2, 0], [-3, -1]], [[-4, 0], [-4, 0], [-4, 0]]),  # what still fits stays
        ([[-4, 0], [-5, -1]], [[-4, 0], [-5, -1]]),  # nothing is cut off
        ([[-9, 0], [-3, 0]], [[-9, 0], [-3, 0]]),  # nor becomes small
    ):
        layouts = [{"yaxis": {"range": limits, "type": "log"}, "meta": {"steady": ["yaxis"]}} for limits in wanted]
        assert page.evaluate(SETTLED, [{**layout, "meta": {}} for layout in layouts]) == wanted
        assert page.evaluate(SETTLED, layouts) == shown


def test_what_the_pointer_rests_on_goes_on_telling_its_number(page):
    button(page, "Train").click()
    train_past(page, 5)
    area = page.locator("[data-figure=hidden] .nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    label = page.locator("[data-figure=hidden] .hovertext")
    expect(label).to_be_visible()
    before = label.text_content()
    expect(label).not_to_have_text(before)
    assert label.text_content().split(":")[0] == before.split(":")[0]


def test_pause_shows_at_once_and_stops(page, app):
    button(page, "Train").click()
    train_past(page, 3)
    # In one go, so that no answer of the server can come in between.
    said = page.evaluate("""() => {
      document.querySelector(".seqviz-train").click();
      return [document.querySelector(".seqviz-train").textContent, document.querySelector(".seqviz-state").textContent];
    }""")
    assert said == ["Train", "paused"]
    app.until(lambda census: census["training"] == 0)
    button(page, "One step").click()
    page.wait_for_timeout(100)
    expect(page.locator(STATE)).to_have_text("paused")


def test_one_step_is_one_update_and_reset_goes_back(page):
    for expected in (1, 2, 3):
        button(page, "One step").click()
        page.wait_for_function(f"({UPDATE})() === {expected}")
    button(page, "Reset").click()
    expect(page.locator(STATE)).to_have_text("not trained yet")
    expect(page.locator(NUMBERS)).to_contain_text("Not trained yet")


def test_the_keyboard_drives_training(page):
    button(page, "Train").focus()
    page.keyboard.press("Enter")
    expect(page.locator(STATE)).to_have_text("training")
    page.keyboard.press("Space")
    expect(page.locator(STATE)).to_have_text("paused")


def test_every_move_of_a_slider_arrives_or_is_overtaken_by_a_later_one(page):
    button(page, "Train").click()
    train_past(page, 3)
    page.locator("summary", has_text="Training").click()
    slider = page.get_by_role("slider", name="Learning rate")
    slider.focus()
    # To and fro, so that the browser's reports of its own link are late and say what is no longer wanted. At the end
    # comes a value that has not been on the way.
    for key in ["ArrowRight", "ArrowLeft"] * 30 + ["ArrowRight"] * 2:
        page.keyboard.press(key)
    chosen = float(slider.get_attribute("aria-valuetext"))
    expect(page).to_have_url(re.compile(rf"learning_rate={chosen:g}(&|$)"))
    update = page.locator(NUMBERS).locator("span").first
    expect(update).to_have_attribute("title", re.compile(rf"^Learning rate {chosen:g},"))
    expect(page.locator(STATE)).to_have_text("training")


def test_what_is_drawn_of_each_step_can_be_chosen(page):
    choice = page.get_by_label("What is drawn of each step")
    before = page.evaluate(STATES)
    choice.select_option("update gate")
    page.wait_for_function(f"before => ({STATES})() !== before", arg=before)


def test_looking_back_shows_the_network_as_it_was(page):
    for expected in (1, 2):
        button(page, "One step").click()
        page.wait_for_function(f"({UPDATE})() === {expected}")
    slider = page.get_by_role("slider", name="Look back")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_function(f"({UPDATE})() === 1")
    numbers = page.locator(".seqviz-numbers")
    expect(numbers).to_contain_text("Update 1 of 2, looking back")
    slider.press("Home")
    expect(numbers).to_contain_text("all weights were random")
    slider.press("End")
    page.wait_for_function(f"({UPDATE})() === 2")
    expect(numbers).not_to_contain_text("looking back")


def test_looking_back_by_quick_keys_counts_every_press(page):
    button(page, "Train").click()
    page.wait_for_function("document.querySelector('.seqviz-toolbar input[type=range]').max >= 12")
    button(page, "Pause training").click()
    expect(page.locator(STATE)).to_have_text("paused")
    slider = page.get_by_role("slider", name="Look back")
    expect(slider).to_have_attribute("aria-valuetext", "now")
    page.wait_for_timeout(1000)  # the last picture of the training may still be on its way
    last = int(slider.input_value())
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(40)  # frames for the first of them come before the last is pressed
    expect(slider).to_have_value(str(last - 12))
    text = re.fullmatch(r"update (\d+)", slider.get_attribute("aria-valuetext"))
    page.wait_for_function(f"update => ({UPDATE})() === update", arg=int(text[1]))
    expect(slider).to_have_value(str(last - 12))


def test_the_theme_changes_with_the_page_and_nothing_is_torn_down(page):
    page.evaluate(MARK)
    ink = "() => getComputedStyle(document.querySelector('[data-figure=learning] .xtick text')).fill"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({ink})() !== light", arg=light)
    assert all(page.evaluate(MARKED))


def test_a_closed_window_stops_its_training(page, app):
    button(page, "Train").click()
    app.until(lambda census: census["training"] == 1)
    page.close()
    app.until(lambda census: census["training"] == 0)


def test_a_dropped_connection_comes_back_to_the_same_run(page, app):
    sockets = []

    def relay(route):
        sockets.append(route)
        route.connect_to_server()

    page.route_web_socket("**/seqviz/live/*", relay)
    page.reload()
    expect(page.locator(STATE)).to_have_text("not trained yet")
    for expected in (1, 2):
        button(page, "One step").click()
        page.wait_for_function(f"({UPDATE})() === {expected}")
    sockets[-1].close(code=1012)
    expect(page.get_by_role("alert")).to_have_text("Connection lost, trying again …")
    expect(page.locator(STATE)).to_have_text("paused")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert update(page) == 2
    assert len(sockets) == 2


def test_pages_of_others_cannot_listen(page):
    with page.expect_websocket(lambda socket: "/seqviz/live/" in socket.url) as opened:
        page.reload()
    for origin in (None, "http://elsewhere.example"):
        with pytest.raises(InvalidStatus) as refused:
            connect(opened.value.url, origin=origin)
        assert refused.value.response.status_code == 403
    expect(page.locator(STATE)).to_have_text("not trained yet")


def at_rest(pictures):
    """How the pictures look, in shades of grey, once nothing moves any more."""
    seen = None
    while seen != (seen := pictures.screenshot()):
        pictures.page.wait_for_timeout(300)
    return Image.open(BytesIO(seen)).convert("L")


def apart(one, other):
    """How far two pictures are from each other, in shades of grey, where half a pixel to and fro hardly counts."""
    # Drawn anew, Plotly may find a margin that is half a pixel wider. That makes 4, a whole pixel 20, a lost dot 75.
    one, other = (picture.filter(ImageFilter.GaussianBlur(2)) for picture in (one, other))
    darkest, lightest = ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)
    beyond = [
        ImageChops.subtract(*pair)
        for near, far in ((one, other), (other, one))
        for pair in ((near, far.filter(lightest)), (far.filter(darkest), near))
    ]
    return max(picture.getextrema()[1] for picture in beyond)


def drawn_anew(page, app):
    """How far the pictures are from what Plotly draws of the same numbers from nothing, in shades of grey."""
    app.until(lambda census: census["training"] == 0)
    page.set_viewport_size({"width": 1366, "height": 2000})  # a picture out of sight may be an older one
    pictures = page.locator(".seqviz-pictures")
    moved = at_rest(pictures)
    page.evaluate("document.querySelectorAll('.js-plotly-plot').forEach((graph) => Plotly.redraw(graph))")
    return apart(moved, at_rest(pictures))


def test_a_picture_whose_numbers_moved_is_as_if_drawn_anew(page, app):
    button(page, "Train").click()
    train_past(page, 40)
    page.locator(".seqviz-train").click()
    assert drawn_anew(page, app) < 15


def test_while_training_the_look_back_knob_stands_at_the_end(page):
    button(page, "Train").click()
    train_past(page, 20)
    knob = page.locator(".seqviz-toolbar input[type=range]")
    value, last = knob.evaluate("({ value, max }) => [Number(value), Number(max)]")
    assert value == last > 0


MARKS = """() => {
  const graph = document.querySelector("[data-figure=graph] .js-plotly-plot");
  const { uid } = graph._fullData.find(({ meta }) => meta?.gradients);
  const marks = [...graph.querySelectorAll(`.trace${uid} path.point`)];
  const numbers = (text) => text.match(/-?[\\d.]+/g).map(Number);
  const outlines = marks.flatMap((mark) => ["d", "transform"].flatMap((name) => numbers(mark.getAttribute(name))));
  const colours = marks.flatMap(({ style }) => {
    const [red, green, blue, opacity = 1] = numbers(style.fill);
    return [red, green, blue, 100 * opacity * Number(style.fillOpacity || 1)];
  });
  return [outlines, colours];
}"""


def test_marks_whose_looks_alone_have_changed_are_as_plotly_draws_them(page):
    before = page.evaluate(MARKS)
    button(page, "Train").click()
    train_past(page, 40)
    page.locator(".seqviz-train").click()
    expect(page.locator(STATE)).to_have_text("paused")
    page.wait_for_timeout(1000)
    outlines, colours = page.evaluate(MARKS)
    assert outlines != before[0]
    assert colours != before[1]
    page.evaluate("Plotly.redraw(document.querySelector('[data-figure=graph] .js-plotly-plot'))")
    theirs = page.evaluate(MARKS)
    assert outlines == pytest.approx(theirs[0], abs=0.011)  # px, which both round
    assert colours == pytest.approx(theirs[1], abs=1.01)  # whole shades and hundredths


def test_a_picture_of_more_units_is_as_if_drawn_anew(page, app):
    page.goto(f"{app.address}/bptt?experiment=source&hidden=16")
    expect(page.locator(STATE)).to_have_text("not trained yet")
    slider = page.get_by_role("slider", name="Hidden size")
    slider.focus()
    units = "() => document.querySelector('[data-figure=passage] .js-plotly-plot').data[0].z.length"
    assert page.evaluate(units) == 16
    slider.press("ArrowRight")
    page.wait_for_function(f"({units})() > 16")
    assert drawn_anew(page, app) < 15
