"""What can be chosen in the pictures themselves: a state whose cell opens, a loss that is followed back."""

from playwright.sync_api import expect

from tests.browser.test_player import button

CELL = "[data-figure=cell]"
WORDS = """() => document.querySelector("[data-figure=cell] .js-plotly-plot").data.flatMap((part) => part.text ?? [])"""
CENTRE = """([figure, trace, row, column]) => {
  const graph = document.querySelector(`[data-figure=${figure}] .js-plotly-plot`);
  const part = graph.data.filter(({ type }) => type === "heatmap")[trace];
  const { xaxis, yaxis } = graph._fullLayout;
  const { x, y } = part;
  const middle = (values, count, place) =>
    values.length > count ? (values[place] + values[place + 1]) / 2 : values[place];
  const box = graph.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.d2p(middle(x, part.z[0].length, column)),
    box.y + yaxis._offset + yaxis.d2p(middle(y, part.z.length, row))];
}"""
LIT = """() => document.querySelector("[data-figure=graph] .js-plotly-plot").data
  .filter(({ line }) => line?.width === 22).map(({ x }) => x.length)[0]"""


def opened(page, app, lesson):
    page.goto(f"{app.address}/{lesson}")
    expect(page.locator("[data-figure=graph]:not(.seqviz-waiting)")).to_be_visible()
    expect(button(page, "Jump to: loss (2)")).to_be_enabled()


def test_a_click_on_a_state_opens_its_cell_and_the_player_keeps_its_place(page, app):
    opened(page, app, "many_to_one")
    expect(page.locator(CELL)).to_be_hidden()
    button(page, "Jump to: loss (2)").click()
    place = page.locator(".seqviz-player input").input_value()
    # The third state, its eleventh row of units; between two states lies a column without numbers.
    page.mouse.click(*page.evaluate(CENTRE, ["graph", 0, 10, 4]))
    expect(page.locator(CELL)).to_be_visible()
    expect(page.locator(f"{CELL} select").first).to_have_value("2")
    page.wait_for_function(f"({WORDS})().some((text) => text.includes('h<sub>3</sub>'))")
    assert page.locator(".seqviz-player input").input_value() == place
    page.locator(f"{CELL} select").first.select_option("0")
    page.wait_for_function(f"({WORDS})().some((text) => text.includes('h<sub>1</sub>'))")
    button(page, "Close the cell").click()
    expect(page.locator(CELL)).to_be_hidden()
    assert page.locator(".seqviz-player input").input_value() == place
    expect(button(page, "Open a cell")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(CELL)).to_be_visible()
    expect(button(page, "Close the cell")).to_be_focused()


def test_a_click_in_the_triangle_lights_the_way_and_shows_the_product_for_it(page, app):
    opened(page, app, "bptt?task=clips&hidden=8")
    assert page.evaluate(LIT) == 0
    influence = page.locator("[data-figure=influence]")
    influence.scroll_into_view_if_needed()
    expect(page.locator("[data-figure=influence]:not(.seqviz-waiting)")).to_be_visible()
    page.mouse.click(*page.evaluate(CENTRE, ["influence", 0, 4, 2]))
    page.wait_for_function(f"({LIT})() > 0")
    expect(influence.locator("select").first).to_have_value("4")
    expect(influence.locator("select").last).to_have_value("2")
    passage = WORDS.replace("cell", "passage")
    page.locator("[data-figure=passage]").scroll_into_view_if_needed()
    page.wait_for_function(f"({passage})().some((text) => text.includes('∂L<sub>5</sub>/∂h<sub>3</sub>'))")
    # Two steps along the chain, then up to the output and to the loss: four edges of two points and a break each.
    assert page.evaluate(LIT) == 4 * 3


def test_a_weight_can_be_asked_for_only_once_the_network_is_known(page, app):
    said = []

    def note(order):
        said.append(order)

    page.route_web_socket("**/seqviz/live/*", lambda route: route.on_message(note))  # which is never answered
    page.goto(f"{app.address}/bptt?experiment=check&cell=lstm&lag=5&hidden=4")
    button(page, "Check this weight").click()
    assert not [order for order in said if "check" in order]
    button(page, "Check the largest").click()
    page.wait_for_timeout(200)
    assert len([order for order in said if "check" in order]) == 1


def test_the_gradients_of_chosen_weights_are_checked_in_the_browser(page, app):
    opened(page, app, "bptt?experiment=check&cell=lstm&lag=5&hidden=4")
    cells = "() => document.querySelector('[data-figure=check] .js-plotly-plot')?.data[0].cells.values ?? []"
    page.locator("[data-figure=check]").scroll_into_view_if_needed()
    button(page, "Check the largest").click()
    page.wait_for_function(f"({cells})()[0]?.length === 3")
    page.locator("[data-figure=check] select").select_option("stacks.0.cores.0.weight_hh_l0")
    page.get_by_label("row").fill("6")
    page.get_by_label("column").fill("3")
    button(page, "Check this weight").click()
    page.wait_for_function(f"({cells})()[0]?.length === 1")
    columns = page.evaluate(cells)
    assert columns[0] == ["W<sub>hh</sub> (forget): unit 3 → 2"]
    assert columns[4][0].startswith("✓") and columns[6][0].startswith("✓")
    page.get_by_label("row").fill("1.4")
    page.get_by_label("column").fill("99")
    button(page, "Check this weight").click()
    page.wait_for_function(f"({cells})()[0]?.length === 2")
    assert page.evaluate(cells)[0][1] == "W<sub>hh</sub> (input): unit 4 → 1"
    expect(page.locator(".seqviz-banner")).to_be_hidden()
