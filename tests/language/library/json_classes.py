# The classes of json, files, and hooks that pause.
import io
import json
from json import JSONDecodeError, JSONDecoder, JSONEncoder

class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

class Encoder(JSONEncoder):
    def default(self, o):
        if isinstance(o, Point):
            return {'x': o.x, 'y': ext(o.y)}
        return super().default(o)

print(json.dumps([Point(1, 2), {'a': Point(3, 4)}], cls=Encoder, indent=1))
print(json.dumps({'k': Point(1, 2)}, default=lambda o: ext(o.x), sort_keys=True))
print(json.loads('{"a": {"b": 1.5}, "c": [2]}', object_hook=lambda d: ext(sorted(d)), parse_float=str))
print(Encoder(separators=(',', ':')).encode([Point(1, 2)]), list(JSONEncoder().iterencode([1, 'a'])))

class Decoder(JSONDecoder):
    def decode(self, s):
        return ext(super().decode(s))

print(json.loads('[1]', cls=Decoder), JSONDecoder().raw_decode('[1, 2] rest'))
out = io.StringIO()
json.dump({'a': [1, 2.5, None, True, 'é']}, out, ensure_ascii=False)
print(out.getvalue(), json.load(io.StringIO(out.getvalue())))
json.dump([Point(1, 2)], out, cls=Encoder)
print(out.getvalue())
for bad in ('[1,', '{"a" 1}', '"\\x"', 'nul'):
    try:
        json.loads(bad, object_hook=dict)
    except JSONDecodeError as error:
        print(error, error.pos, isinstance(error, json.decoder.JSONDecodeError))
try:
    Encoder().encode(object)
except TypeError as error:
    print(str(error)[:25])
print(json.detect_encoding(b'{\x00}\x00'), json.decoder.scanstring('"ab"c', 1))
