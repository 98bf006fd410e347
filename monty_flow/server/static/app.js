// What the pages need beside htmx: the list that keeps what was chosen, the run that is followed, the slider.
'use strict';

(() => {
  // The list of runs: nothing is taken from under a hand, so it stays as it is while runs are chosen.
  const chosen = () => document.querySelectorAll('[data-bulk] input[name=run_id]:checked').length;

  document.addEventListener('htmx:beforeRequest', (event) => {
    const element = event.target;
    if (element.matches('[data-list]') && (chosen() || element.contains(document.activeElement))) event.preventDefault();
  });

  document.addEventListener('change', (event) => {
    const form = event.target.closest('[data-bulk]');
    if (!form) return;
    const boxes = [...form.querySelectorAll('input[name=run_id]')];
    if (event.target.matches('[data-all]')) for (const box of boxes) box.checked = event.target.checked;
    const number = chosen();
    for (const button of form.querySelectorAll('[data-needs-chosen]')) button.disabled = !number;
    form.querySelector('[data-chosen]').textContent = number ? `${number} chosen` : 'Choose runs to steer them.';
  });

  document.addEventListener('submit', (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // Keys: / for the search, as everywhere.
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, textarea, select')) return;
    const search = document.querySelector('input[type=search]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  // A run: its states.
  const state = document.getElementById('state');
  const slider = () => document.getElementById('slider');
  const isNewest = () => document.getElementById('step-number')?.dataset.newest !== 'no';

  function showMark() {
    const source = document.getElementById('source');
    const line = source?.querySelector('.waits');
    if (line) source.scrollTop = line.offsetTop - source.clientHeight / 2 + line.offsetHeight;
    const following = document.getElementById('following');
    if (following) following.hidden = !(isNewest() && follows());
  }

  let wanted = null;
  let asked = false;

  // One question at a time, and the last place of the slider is never left out.
  function travel(step) {
    wanted = step;
    if (asked) return;
    asked = true;
    const now = wanted;
    htmx.ajax('GET', `${state.dataset.run}/state?step=${now}`, { target: state, swap: 'innerHTML' }).then(() => {
      asked = false;
      if (wanted !== now) travel(wanted);
    });
  }

  if (state) {
    let held = null;
    state.addEventListener('input', (event) => {
      if (event.target.id === 'slider') travel(event.target.value);
    });
    state.addEventListener('click', (event) => {
      const button = event.target.closest('[data-step]');
      if (button) travel(button.dataset.step);
    });
    state.addEventListener('htmx:beforeSwap', () => {
      held = document.activeElement;
    });
    state.addEventListener('htmx:afterSwap', () => {
      // The slider that is being moved is a new element after each answer: it keeps the focus and the place it was moved to.
      if (held?.id === 'slider') slider().focus({ preventScroll: true });
      else if (held?.dataset.step) state.querySelector(`[aria-label="${held.getAttribute('aria-label')}"]`)?.focus();
      if (wanted !== null && slider() && asked) slider().value = wanted;
      showMark();
    });
  }

  // A run that goes on: each event asks for the parts that follow it, a few times a second at most.
  const live = document.getElementById('live');
  const follows = () => Boolean(source);
  let source = null;
  let pending = null;

  function refresh() {
    if (pending) return;
    pending = setTimeout(() => {
      pending = null;
      const newest = isNewest();
      htmx.trigger(live, 'changed');
      if (newest) htmx.trigger(state, 'newest');
      else if (slider()) slider().max = Math.max(slider().max, live.dataset.step || 0);
    }, 200);
  }

  if (live) {
    source = new EventSource(live.dataset.events);
    source.addEventListener('run', (event) => {
      const run = JSON.parse(event.data);
      if (String(run.version) === live.dataset.version) return;
      live.dataset.version = run.version;
      live.dataset.step = run.step;
      refresh();
    });
    source.addEventListener('end', () => {
      source.close();
      source = null;
      showMark();
    });
    document.getElementById('rest').addEventListener('htmx:oobAfterSwap', () => {
      const logs = document.getElementById('logs');
      if (logs) logs.scrollTop = logs.scrollHeight;
    });
    window.addEventListener('pagehide', () => source?.close());
  }
  showMark();
})();
