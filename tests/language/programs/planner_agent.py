# An agent loop: a plan is made, each step calls a tool, failures are repaired, a transcript is kept.
transcript = []
TOOLS = {
    'search': lambda q: ext({'hits': [q + '1', q + '2']}),
    'sum': lambda xs: sum(ext(x) for x in xs),
    'flaky': lambda n: ext(n) if n > 1 else ext_fail('TimeoutError', f'slow {n}'),
}


def say(role, text):
    transcript.append(f'{role}: {text}')


def execute(step, memory):
    tool, arg, into = step
    value = memory.get(arg, arg) if type(arg) is str else arg
    for attempt in range(3):
        try:
            memory[into] = TOOLS[tool](value)
        except TimeoutError as e:
            say('error', e)
            value += 1
        except KeyError as e:
            say('error', f'no tool {e}')
            return False
        else:
            say('tool', f'{into}={memory[into]!r} after {attempt + 1}')
            return True
    return False


memory = {}
plan = [
    ('search', 'cat', 'found'),
    ('sum', [1, 2, 3], 'total'),
    ('flaky', 0, 'value'),
    ('paint', 1, 'x'),
    ('flaky', -5, 'late'),
]
done = [step[2] for step in plan if execute(step, memory)]
say('agent', f'{len(done)}/{len(plan)} done')
for line in transcript:
    print(ext(line))
memory, done
