text = 'the cat and the dog and the bird; the end. And THE cat?'


def words(s):
    word = ''
    out = []
    for c in s + ' ':
        if c.isalpha():
            word += c.lower()
        elif word:
            out.append(ext(word))
            word = ''
    return out


counts = {}
for w in words(text):
    counts[w] = counts.get(w, 0) + 1
for w, n in sorted(counts.items(), key=lambda kv: (-ext(kv[1]), kv[0])):
    print(f'{w:>5} {"#" * n} {n}')
by_length = {}
for w in counts:
    by_length.setdefault(len(w), set()).add(w)
{n: ext(sorted(ws)) for n, ws in sorted(by_length.items())}
