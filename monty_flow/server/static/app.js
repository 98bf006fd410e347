// What the pages need beside htmx: the list that keeps what was chosen, the run that is followed, the slider.
'use strict';

(() => {
  // The list of runs: nothing is taken from under a hand, so it stays as it is while runs are chosen.
  const chosen = () => document.querySelectorAll('[data-bulk] input[name=run_id]:checked').length;

  document.addEventListener('htmx:beforeRequest', (event) => {
    const element = event.target;
    const busy = chosen() || element.contains(document.activeElement);
    if (element.matches('[data-list]') && busy) event.preventDefault();
  });

  document.addEventListener('change', (event) => {
    const form = event.target.closest('[data-bulk]');
    if (!form) return;
    const boxes = [...form.querySelectorAll('input[name=run_id]')];
    if (event.target.matches('[data-all]')) for (const box of boxes) box.checked = event.target.checked;
    const number = chosen();
    const all = form.elements.which.value === 'all';
    for (const button of form.querySelectorAll('[data-needs-chosen]')) button.disabled = !number && !all;
    form.querySelector('[data-chosen]').textContent = number ? `${number} chosen` : 'those chosen';
  });

  // A field that means something only with a choice makes it: what is typed there is meant, also what was typed before this script was there.
  const choose = (field) => {
    const [name, value] = field.dataset.chooses.split('=');
    field.form.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
  };
  document.addEventListener('input', (event) => {
    if (event.target.dataset.chooses) choose(event.target);
  });
  for (const field of document.querySelectorAll('[data-chooses]')) if (field.value !== field.defaultValue) choose(field);

  document.addEventListener('submit', (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A server that is away for a while is told, and every page goes on when it is back.
  const offline = document.getElementById('offline');
  const answers = (does) => {
    offline.hidden = does;
  };
  document.addEventListener('htmx:sendError', () => answers(false));
  document.addEventListener('htmx:afterOnLoad', () => answers(true));

  // Keys: / for the search, as everywhere.
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, textarea, select')) return;
    const search = document.querySelector('input[type=search]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  // A run: its states. The controls stay where they are, and what is below them is asked for.
  const state = document.getElementById('state');
  const [slider, earlier, later, output] = ['slider', 'earlier', 'later', 'step-number'].map((id) => document.getElementById(id));
  let wanted = null;
  let asked = false;

  const shown = () => document.getElementById('shown').dataset;
  const isNewest = () => Number(slider.value) >= Number(slider.max);

  function show() {
    const { step, first, last } = shown();
    document.getElementById('controls').hidden = step === '0';
    slider.min = first;
    slider.max = last;
    if (wanted === null) slider.value = step;
    label();
    const source = document.getElementById('source');
    const line = source.querySelector('.waits');
    if (line) source.scrollTop = line.offsetTop - source.clientHeight / 2 + line.offsetHeight;
  }

  function label() {
    output.innerHTML = 'step <b></b> of ';
    output.querySelector('b').textContent = slider.value;
    output.append(slider.max);
    slider.setAttribute('aria-valuetext', output.textContent);
    earlier.disabled = slider.value === slider.min;
    later.disabled = slider.value === slider.max;
    document.getElementById('following').hidden = !(events && isNewest());
  }

  // One question at a time, and the last place of the slider is never left out.
  function travel() {
    wanted = slider.value;
    label();
    if (asked) return;
    asked = true;
    const now = wanted;
    htmx.ajax('GET', `${state.dataset.run}/state?step=${now}`, { target: state, swap: 'innerHTML' }).finally(() => {
      asked = false;
      if (wanted !== now) travel();
      else wanted = null;
    });
  }

  if (state) {
    slider.addEventListener('input', travel);
    for (const [button, by] of [[earlier, -1], [later, 1]]) {
      button.addEventListener('click', () => {
        slider.value = Number(slider.value) + by;
        travel();
      });
    }
    state.addEventListener('htmx:afterSwap', show);
  }

  // A run that goes on: each event asks for the parts that follow it, a few times a second at most.
  const live = document.getElementById('live');
  let events = null;
  let pending = null;

  function refresh() {
    if (pending) return;
    pending = setTimeout(() => {
      pending = null;
      htmx.trigger(live, 'changed');
      if (isNewest() && wanted === null) {
        htmx.trigger(state, 'newest');
      } else {
        slider.max = Math.max(slider.max, live.dataset.step);
        label();
      }
    }, 200);
  }

  // What scrolls stays where it was put, and at its end where that was seen.
  const ends = new Map();
  const scrolling = () => document.querySelectorAll('#rest [data-scrolls]');
  const toEnd = (element) => {
    element.scrollTop = element.scrollHeight;
  };

  function follow() {
    events = new EventSource(live.dataset.events);
    events.addEventListener('open', () => {
      answers(true);
      label();
    });
    events.addEventListener('error', () => {
      answers(false);
      if (events.readyState !== EventSource.CLOSED) return;
      // Browsers try again by themselves but where something else answered, such as a proxy. Someone who is no longer signed in is sent there.
      htmx.trigger(live, 'changed');
      setTimeout(follow, 3000);
    });
    events.addEventListener('run', (event) => {
      const run = JSON.parse(event.data);
      if (String(run.version) === live.dataset.version) return;
      live.dataset.version = run.version;
      live.dataset.step = run.step;
      refresh();
    });
    events.addEventListener('end', () => {
      events.close();
      events = null;
      label();
      document.getElementById('signal')?.remove();
    });
  }

  if (live) {
    follow();
    const rest = document.getElementById('rest');
    rest.addEventListener('htmx:oobBeforeSwap', () => {
      for (const element of scrolling()) {
        const { id, scrollTop, clientHeight, scrollHeight } = element;
        ends.set(id, scrollTop + clientHeight < scrollHeight - 4 ? scrollTop : null);
      }
    });
    rest.addEventListener('htmx:oobAfterSwap', () => {
      for (const element of scrolling()) {
        const place = ends.get(element.id) ?? null;
        if (place === null) toEnd(element);
        else element.scrollTop = place;
      }
    });
    // The next event asks again for what did not come.
    live.addEventListener('htmx:sendError', () => {
      live.dataset.version = '';
    });
    window.addEventListener('pagehide', () => events?.close());
    if (live.dataset.ended === 'no') scrolling().forEach(toEnd);
    show();
  }
})();
