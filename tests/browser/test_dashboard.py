"""What a person does with the dashboard, from the submission to the end, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from monty_flow.engine import Engine, RunStatus
from tests.browser.conftest import Stage
from tests.server.live import listening

OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], None]

AXE = (Path(__file__).parent / 'axe.min.js').read_text(encoding='utf-8')
WARMEST = '''\
"""Find the warmest of some cities, and ask before it is told."""
import flow


def ask(city, known):
    known[city] = temperature(city)
    print(f'{city}: {known[city]} degrees')


found = {}
for city in cities:
    ask(city, found)

warmest = max(found, key=lambda city: found[city])
gate('report')
answer = flow.approve(f'Tell everyone that it is {warmest}?')
f'{warmest}, says {answer.by}' if answer else 'a secret'
'''
CITIES = {'cities': ['Oslo', 'Rome', 'Paris']}


def waiting_line(page: Page) -> str:
    """Return the text of the line where the run stands."""
    return page.locator('#source .waits td').nth(1).inner_text()


def submit_warmest(page: Page) -> None:
    """Fill in the form and submit it."""
    page.get_by_label('Script').fill(WARMEST)
    page.get_by_label('Inputs').fill('{"cities": ["Oslo", "Rome", "Paris"]}')
    page.get_by_label('Name').fill('warmest.py')
    page.get_by_role('button', name='Submit').click()


def test_a_run_is_submitted_watched_answered_and_looked_back_upon(
    open_page: OpenPage, stage: Stage, picture: Picture
) -> None:
    page = open_page('/submit')
    submit_warmest(page)

    # It moves by itself to where it waits, with the variables there.
    expect(page.locator('#source .waits')).to_contain_text("gate('report')")
    expect(page.locator('#live .status')).to_have_text('waiting')
    frame = page.get_by_label('Variables of <module>')
    expect(frame.get_by_role('row', name='warmest')).to_contain_text("'Rome'")
    expect(page.locator('#following')).to_be_visible()
    picture(page, 'waiting')

    # The question comes without a reload, and is answered by one click.
    stage.open('report')
    question = page.get_by_role('heading', name='Tell everyone that it is Rome?')
    expect(question).to_be_visible()
    picture(page, 'question')
    page.get_by_role('button', name='Approve').click()
    expect(page.locator('#output')).to_have_text("'Rome, says anyone on this machine'")
    expect(page.locator('#live .status')).to_have_text('succeeded')
    expect(page.locator('rect.failed')).to_have_count(1)
    expect(page.locator('#logs')).to_contain_text('Rome: 17 degrees')
    picture(page, 'succeeded')

    # Back through its steps, by mouse and by keyboard.
    slider = page.get_by_label('Step', exact=True)
    slider.fill('2')
    expect(page.locator('#step-number')).to_have_text('step 2 of 5')
    expect(page.locator('#source .waits')).to_contain_text('known[city] = temperature(city)')
    expect(page.locator('#source .called')).to_contain_text('ask(city, found)')
    changed = page.get_by_label('Variables of <module>').locator('tr.changed')
    expect(changed.first).to_contain_text("was 'Oslo' 'Rome'")
    expect(slider).to_be_focused()
    picture(page, 'time-travel')
    page.keyboard.press('ArrowRight')
    expect(page.locator('#step-number')).to_have_text('step 3 of 5')
    page.get_by_label('The step before').click()
    page.get_by_label('The step before').click()
    expect(page.locator('#step-number')).to_have_text('step 1 of 5')
    expect(page.get_by_label('Variables of ask').locator('tr').first).to_contain_text("'Oslo'")


def test_a_run_is_forked_from_a_step_with_another_result(
    open_page: OpenPage, engine: Engine, stage: Stage, picture: Picture
) -> None:
    stage.open('report')
    run = engine.submit(WARMEST, inputs=CITIES, script_name='warmest.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.get_by_role('heading', name='Tell everyone that it is Rome?')).to_be_visible()
    page.get_by_label('Step', exact=True).fill('1')
    page.get_by_role('link', name='Fork from step 1').click()
    expect(page.get_by_role('textbox', name='Result')).to_have_value('3')
    page.get_by_role('textbox', name='Result').fill('30')
    expect(page.get_by_label('Take this result')).to_be_checked()
    picture(page, 'fork')
    page.get_by_role('button', name='Fork').click()

    # Another run, from there on: Oslo is the warmest now, and nobody was asked for its temperature.
    expect(page.get_by_role('heading', name='Tell everyone that it is Oslo?')).to_be_visible()
    expect(page.get_by_role('link', name=run.id)).to_be_visible()
    expect(page.locator('.facts')).to_contain_text('at step 1')
    expect(page.locator('#logs')).to_contain_text('Oslo: 30 degrees')
    picture(page, 'forked')
    page.get_by_role('button', name='Approve').click()
    expect(page.locator('#output')).to_contain_text('Oslo, says')
    assert engine.get(run.id).status is RunStatus.WAITING


def test_a_run_is_forked_with_another_variable_and_another_source(
    open_page: OpenPage, engine: Engine, stage: Stage, picture: Picture
) -> None:
    stage.open('report')
    run = engine.submit(WARMEST, inputs=CITIES, script_name='warmest.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.get_by_role('heading', name='Tell everyone that it is Rome?')).to_be_visible()
    page.get_by_label('Step', exact=True).fill('2')
    page.get_by_role('link', name='Fork from step 2').click()
    page.get_by_role('textbox', name='known').fill("{'Oslo': 99}")
    source = page.get_by_role('textbox', name='Script')
    source.fill(WARMEST.replace('def ask', '# Say where.\n\ndef ask').replace('degrees', 'degrees outside'))
    page.get_by_role('button', name='Try it').click()

    # Which line stands for which, and nothing stored.
    moved = page.get_by_role('row', name='ask', exact=False).filter(has_text='temperature(city)')
    expect(moved).to_contain_text('line 6')
    expect(moved).to_contain_text('line 8')
    assert len(engine.list()) == 1
    picture(page, 'fork-tried')
    expect(page.get_by_role('textbox', name='known')).to_have_value("{'Oslo': 99}")
    page.get_by_role('button', name='Fork').click()
    expect(page.locator('#logs')).to_contain_text('Rome: 17 degrees outside')
    expect(page.get_by_role('heading', name='Tell everyone that it is Oslo?')).to_have_count(0)


def test_a_waiting_run_is_moved_to_another_version(
    open_page: OpenPage, engine: Engine, stage: Stage, picture: Picture
) -> None:
    run = engine.submit("import flow\nflow.wait_signal('go')\n'old'", script_name='signal.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#live .status')).to_have_text('waiting')
    page.get_by_role('link', name='Migrate').click()
    page.get_by_role('textbox', name='Script').fill('1')
    page.get_by_role('button', name='Try it').click()
    expect(page.get_by_role('alert')).to_contain_text('the new script does not fit')
    page.get_by_role('textbox', name='Script').fill("import flow\n# Mended.\nflow.wait_signal('go')\n'new'")
    page.get_by_role('button', name='Try it').click()
    expect(page.get_by_role('row', name='<module>', exact=False)).to_contain_text('line 3')
    picture(page, 'migrate')
    page.get_by_role('button', name='Migrate').click()
    expect(page.locator('#source .waits')).to_contain_text('3')
    engine.signal(run.id, 'go')
    expect(page.locator('#output')).to_have_text("'new'")

    # Its past is seen in the script of its time.
    page.get_by_label('Step', exact=True).fill('1')
    expect(page.locator('#source')).not_to_contain_text('Mended')


def test_a_slider_that_is_dragged_ends_where_it_was_let_go(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    run = engine.submit("for n in range(40):\n    temperature('Oslo')", script_name='many.py')
    engine.wait(run.id, timeout_seconds=60)
    page = open_page(f'/runs/{run.id}')
    box = page.locator('#slider').bounding_box()
    assert box is not None
    middle = box['y'] + box['height'] / 2
    page.mouse.move(box['x'] + box['width'] - 4, middle)
    page.mouse.down()
    for place in range(20, 0, -1):
        page.mouse.move(box['x'] + box['width'] * place / 21, middle)
    page.mouse.move(box['x'] + 1, middle)
    page.mouse.up()

    expect(page.locator('#step-number')).to_have_text('step 1 of 40')
    expect(page.get_by_label('Variables of <module>').get_by_role('row', name='n')).to_contain_text('0')
    expect(page.locator('#slider')).to_have_value('1')


def test_a_page_that_looks_back_stays_there_while_its_run_goes_on(
    open_page: OpenPage, engine: Engine, stage: Stage
) -> None:
    run = engine.submit("gate('a')\ngate('b')\ngate('c')", script_name='gates.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#source .waits')).to_contain_text("gate('a')")
    stage.open('a')
    expect(page.locator('#source .waits')).to_contain_text("gate('b')")
    page.get_by_label('The step before').click()
    expect(page.locator('#source .waits')).to_contain_text("gate('a')")
    stage.open('b')
    expect(page.locator('.timeline .lane')).to_have_count(3)

    expect(page.locator('#slider')).to_have_attribute('max', '3')
    expect(page.locator('#source .waits')).to_contain_text("gate('a')")
    page.locator('#slider').press('End')
    expect(page.locator('#source .waits')).to_contain_text("gate('c')")
    stage.open('c')
    expect(page.locator('#live .status')).to_have_text('succeeded')


def test_a_run_is_cancelled(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    run = engine.submit('import time\ntime.sleep(86400)', script_name='long.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#live .status')).to_have_text('waiting')
    page.get_by_role('button', name='Cancel').click()

    expect(page.locator('#live .status')).to_have_text('cancelled')
    assert engine.get(run.id).status is RunStatus.CANCELLED


def test_a_run_is_ended_at_once(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    run = engine.submit("gate('never')", script_name='long.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#live .status')).to_have_text('waiting')
    page.get_by_role('button', name='Cancel').click()
    expect(page.get_by_text('It is cancelled: its script may clean up')).to_be_visible()
    page.get_by_role('button', name='Terminate').click()

    expect(page.locator('#live .status')).to_have_text('cancelled')


def test_a_signal_is_sent_to_a_run_that_waits_for_it(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    run = engine.submit("import flow\nflow.wait_signal('go')", script_name='signal.py')
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#source .waits')).to_contain_text("flow.wait_signal('go')")
    page.reload()
    page.get_by_label('Value').fill('{"n": 1}')
    page.get_by_role('button', name='Send').click()

    expect(page.locator('#output')).to_have_text("{'n': 1}")


def test_the_list_moves_by_itself_and_is_filtered_as_one_types(
    open_page: OpenPage, engine: Engine, stage: Stage, picture: Picture
) -> None:
    for number in range(6):
        engine.submit(WARMEST, inputs=CITIES, script_name='warmest.py', key=f'day-{number}')
    engine.submit('1 / 0', script_name='broken.py', tags={'team': 'ops'})
    page = open_page('/runs')
    new = engine.submit("gate('x')", script_name='new.py', tags={'team': 'weather'})
    expect(page.locator(f'#run-{new.id}')).to_be_visible()
    expect(page.locator('#runs .status.failed', has_text='failed 1')).to_be_visible()
    picture(page, 'runs')
    page.keyboard.press('/')
    page.keyboard.type('day-3')

    expect(page.locator('#runs tbody tr')).to_have_count(1)
    expect(page).to_have_url(re.compile('text=day-3'))
    page.go_back()
    expect(page.locator('#runs tbody tr')).to_have_count(8)


def test_a_page_goes_on_when_its_server_was_away(chromium: Browser, engine: Engine, stage: Stage) -> None:
    run = engine.submit("gate('a')\ngate('b')\ngate('c')", script_name='gates.py')
    with closing(chromium.new_context()) as context:
        page, listed = context.new_page(), context.new_page()
        with listening(engine.url) as address:
            page.goto(f'{address}/runs/{run.id}')
            listed.goto(f'{address}/runs')
            expect(page.locator('#source .waits')).to_contain_text("gate('a')")
        stage.open('a')
        expect(page.locator('#offline')).to_be_visible()
        expect(listed.locator('#offline')).to_be_visible()
        with listening(engine.url, port=int(address.rpartition(':')[2])):
            expect(page.locator('#source .waits')).to_contain_text("gate('b')")
            expect(page.locator('#offline')).to_be_hidden()
            expect(listed.locator('#offline')).to_be_hidden()

            # A proxy whose server is away answers something else.
            page.route('**/events?*', lambda route: route.fulfill(status=502))
            page.reload()
            expect(page.locator('#offline')).to_be_visible()
            page.unroute('**/events?*')
            stage.open('b')
            expect(page.locator('#source .waits')).to_contain_text("gate('c')")
            stage.open('c')
            expect(page.locator('#live .status')).to_have_text('succeeded')


def reach(page: Page, element: Locator) -> None:
    """Go to an element by the tabulator, and press nothing else."""
    for _ in range(80):
        page.keyboard.press('Tab')
        if element.evaluate('element => element === document.activeElement'):
            return
    pytest.fail(f'the tabulator does not lead to {element}')


def test_a_run_is_submitted_answered_looked_back_upon_and_forked_by_keyboard(
    open_page: OpenPage, engine: Engine, stage: Stage
) -> None:
    stage.open('report')
    page = open_page('/submit')
    page.keyboard.press('Tab')
    expect(page.get_by_role('link', name='Skip to the content')).to_be_focused()
    reach(page, page.get_by_label('Script'))
    page.keyboard.insert_text(WARMEST)
    reach(page, page.get_by_label('Inputs'))
    page.keyboard.insert_text('{"cities": ["Oslo", "Rome"]}')
    reach(page, page.get_by_role('button', name='Submit'))
    page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name='Tell everyone that it is Rome?')).to_be_visible()
    reach(page, page.get_by_role('button', name='Approve'))
    page.keyboard.press('Enter')
    expect(page.locator('#live .status')).to_have_text('succeeded')

    reach(page, page.get_by_label('Step', exact=True))
    page.keyboard.press('Home')
    expect(page.locator('#step-number')).to_have_text('step 1 of 4')
    reach(page, page.get_by_role('link', name='Fork from step 1'))
    page.keyboard.press('Enter')
    reach(page, page.get_by_role('textbox', name='Result'))
    page.keyboard.press('Control+A')
    page.keyboard.type('30')
    reach(page, page.get_by_role('button', name='Fork'))
    page.keyboard.press('Enter')

    expect(page.get_by_role('heading', name='Tell everyone that it is Oslo?')).to_be_visible()


def test_runs_are_cancelled_together(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    for number in range(3):
        engine.submit('import time\ntime.sleep(86400)', script_name=f'{number}.py')
    page = open_page('/runs')
    page.get_by_label('Choose all runs of this page').check()
    expect(page.locator('[data-chosen]')).to_have_text('3 chosen')
    page.locator('[data-bulk]').get_by_role('button', name='Cancel').click()

    expect(page.get_by_text('3 of 3 runs cancelled')).to_be_visible()
    expect(page.locator('#runs tbody .status.cancelled')).to_have_count(3)


def test_what_a_script_prints_is_never_run_by_the_browser(open_page: OpenPage, engine: Engine, stage: Stage) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title = 2</script>'
    run = engine.submit(
        f'# {hostile}\nprint(text)\ntemperature("Oslo")\ntext',
        inputs={'text': hostile},
        script_name=hostile,
        key=hostile,
    )
    engine.wait(run.id, timeout_seconds=60)
    page = open_page(f'/runs/{run.id}')
    expect(page.locator('#logs')).to_contain_text(hostile)
    title = page.title()
    page.goto('/runs')

    assert title == f'{hostile} · monty-flow'
    expect(page.locator('main img')).to_have_count(0)
    assert page.title() == 'Runs · monty-flow'


def test_one_signs_in_with_a_token_and_out(open_page: OpenPage, engine: Engine) -> None:
    token = engine.create_token('ann', 'read').text
    page = open_page('/runs')
    page.get_by_label('Token').fill(token)
    page.get_by_role('button', name='Sign in').click()
    expect(page.get_by_role('heading', name='Runs')).to_be_visible()
    expect(page.get_by_role('link', name='Submit a run')).to_have_count(0)
    page.get_by_role('button', name='Sign out').click()

    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()


PAGES = [
    '/runs',
    '/submit',
    '/approvals',
    '/schedules',
    '/queues',
    '/workers',
    '/functions',
    '/retention',
    '/schedules/new',
    '/queues/limits',
    '/login',
    'run',
    'run/fork?at=2',
    'run/migrate',
    'hostile',
    'hostile/fork?at=1',
]
HOSTILE = f"""\
{'a_name_that_goes_on_' * 5} = 'y' * 5000
deep = {{'a': {{'b': list(range(500))}}}}
print(long)
temperature({'W' * 600!r})
"""


@pytest.mark.parametrize('dark', [False, True], ids=['light', 'dark'])
@pytest.mark.parametrize('width', [1280, 390], ids=['desk', 'phone'])
def test_no_page_has_an_obstacle(
    open_page: OpenPage, engine: Engine, stage: Stage, picture: Picture, dark: bool, width: int
) -> None:
    """Axe finds nothing, and nothing is wider than the screen."""
    stage.open('report')
    engine.create_schedule('nightly', '1', cron='0 3 * * *', timezone='Europe/Oslo')
    engine.set_queue('nightly', concurrency=2)
    run = engine.submit(WARMEST, inputs=CITIES, script_name='warmest.py', tags={'team': 'weather'})
    hostile = engine.submit(
        HOSTILE, inputs={'long': 'W' * 3000}, script_name='n' * 200, key='k' * 200, tags={'t' * 100: 'v' * 200}
    )
    engine.set_retention(timedelta(days=30), status='failed')
    engine.wait(hostile.id, timeout_seconds=60)
    shown = {'run': run, 'hostile': hostile}
    found = []
    page = open_page(f'/runs/{run.id}', width=width, dark=dark)
    expect(page.get_by_role('button', name='Approve')).to_be_visible()
    for path in PAGES:
        page.goto(re.sub('^(run|hostile)', lambda match: f'/runs/{shown[match[1]].id}', path))
        name = path.strip('/').partition('?')[0].replace('/', '-')
        picture(page, f'{name}-{"phone" if width < 500 else "desk"}-{"dark" if dark else "light"}')
        page.evaluate(AXE)
        violations = page.evaluate('axe.run(document, {resultTypes: ["violations"]})')['violations']
        found += [(path, each['id'], [node['html'][:200] for node in each['nodes']][:3]) for each in violations]
        overflow = page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        found += [(path, 'wider than the screen', overflow)] if overflow > 0 else []

    assert found == []
