import json

text = json.dumps({'a': [1, 2.5, None, True, 'é"\n'], 'b': {'c': ext([])}})
print(text)
data = json.loads(ext(text))
print(data == {'a': [1, 2.5, None, True, 'é"\n'], 'b': {'c': []}}, data)
print(
    json.dumps({'b': 1, 'a': ext(2)}, sort_keys=True),
    json.dumps([1, {'x': 'é'}], indent=2),
    json.dumps('é', ensure_ascii=False),
)
print(
    json.dumps({1: 'a', None: 'b', True: 'c'}),
    json.dumps([1, 2], separators=(',', ':')),
    json.loads(' [1, 2.0, "\\u00e9", -1e3, null] '),
)
for bad in ['{', '[1,]', '', "{'a': 1}", 'nul', '[1] x']:
    try:
        json.loads(ext(bad))
    except ValueError as e:
        print(repr(bad), type(e).__name__)
try:
    json.dumps({1, 2})
except TypeError as e:
    print(e)
dump = json.dumps
ext_none()
dump((1, ext('x')))
