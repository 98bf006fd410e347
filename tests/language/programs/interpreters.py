"""Interpreters, parsers, VMs."""
from __future__ import annotations
import enum, operator, re, dataclasses, typing as t
from dataclasses import dataclass
from functools import singledispatch, partial, reduce, wraps, cached_property, total_ordering
class Tok(enum.Enum):
    NUM = r'\d+(\.\d+)?'; ID = r'[A-Za-z_]\w*'; OP = r'[-+*/^()=<>!,;{}]+?'; WS = r'\s+'
    def __init__(self, pattern): self.regex = re.compile(pattern)
    @classmethod
    def scan(cls, text):
        pos = 0
        while pos < len(text):
            for kind in cls:
                m = kind.regex.match(text, pos)
                if m:
                    if kind is not cls.WS: yield kind, m.group()
                    pos = m.end(); break
            else: raise SyntaxError(f'bad char {text[pos]!r} at {pos}')
@dataclass(frozen=True)
class Num: v: float
@dataclass(frozen=True)
class Var: name: str
@dataclass(frozen=True)
class Bin: op: str; l: Node; r: Node
@dataclass(frozen=True)
class Neg: e: Node
@dataclass(frozen=True)
class CallN: fn: str; args: tuple[Node, ...]
Node = t.Union[Num, Var, Bin, Neg, CallN]
class Parser:
    PREC = {'+': 1, '-': 1, '*': 2, '/': 2, '^': 3}
    def __init__(self, text): self.toks = [*Tok.scan(text), (None, '')]; self.i = 0
    @property
    def cur(self): return self.toks[self.i][1]
    def eat(self, s=None):
        k, v = self.toks[self.i]
        if s is not None and v != s: raise SyntaxError(f'expected {s!r}, got {v!r}')
        self.i += 1
        return k, v
    def expr(self, p=0):
        left = self.atom()
        while (pr := self.PREC.get(self.cur, -1)) >= max(p, 1):
            _, op = self.eat()
            left = Bin(op, left, self.expr(pr + (op != '^')))
        return left
    def atom(self):
        match self.toks[self.i]:
            case (Tok.NUM, v): self.eat(); return Num(float(v))
            case (Tok.ID, name):
                self.eat()
                if self.cur == '(':
                    self.eat(); args = []
                    while self.cur != ')':
                        args.append(self.expr())
                        if self.cur == ',': self.eat()
                    self.eat(')')
                    return CallN(name, tuple(args))
                return Var(name)
            case (_, '-'): self.eat(); return Neg(self.expr(2))
            case (_, '('): self.eat(); e = self.expr(); self.eat(')'); return e
            case (_, other): raise SyntaxError(f'unexpected {other!r}')
OPS = {'+': operator.add, '-': operator.sub, '*': operator.mul, '/': operator.truediv, '^': operator.pow}
def ev(n, env):
    match n:
        case Num(v): return v
        case Var(name=x) if x in env: return env[x]
        case Var(x): raise NameError(f'unknown {x}')
        case Neg(e): return -ev(e, env)
        case Bin(op, l, r): return OPS[op](ev(l, env), ev(r, env))
        case CallN('max', args): return max(ev(a, env) for a in args)
        case CallN(fn, [a]) if callable(env.get(fn)): return env[fn](ev(a, env))
@singledispatch
def show(n): raise TypeError(type(n).__name__)
@show.register
def _(n: Num): return f'{n.v:g}'
@show.register
def _(n: Var): return n.name
@show.register(Bin)
def _(n): return f'({show(n.l)} {n.op} {show(n.r)})'
@show.register(Neg)
def _(n): return f'-{show(n.e)}'
@show.register(CallN)
def _(n): return f'{n.fn}({", ".join(map(show, n.args))})'
def simplify(n):
    match n:
        case Bin('*', Num(0), _) | Bin('*', _, Num(0)): return Num(0.0)
        case Bin('+', Num(0), e) | Bin('+', e, Num(0)) | Bin('*', Num(1), e) | Bin('*', e, Num(1)): return simplify(e)
        case Bin(op, Num(a), Num(b)): return Num(OPS[op](a, b))
        case Bin(op, l, r):
            m = Bin(op, simplify(l), simplify(r))
            return m if m == n else simplify(m)
        case _: return n
for src in ('1+2*3', '2^3^2', '-(x+1)*y', 'max(1, x, 3)/2', 'sq(4)+0*z', '1+', '$', '(1', 'q'):
    try:
        e = Parser(src).expr()
        print(src, '=>', show(e), show(simplify(e)), ev(e, {'x': 2, 'y': 5, 'z': 0, 'sq': lambda v: v*v}))
    except (SyntaxError, NameError) as err: print(src, type(err).__name__, err)
class Op(enum.IntEnum):
    PUSH = enum.auto(); ADD = enum.auto(); MUL = enum.auto(); JNZ = enum.auto(); DUP = enum.auto(); DEC = enum.auto(); SWAP = enum.auto(); HALT = enum.auto()
class VM:
    def __init__(self, prog): self.prog, self.stack, self.pc, self.steps = prog, [], 0, 0; self.table = {op: getattr(self, f'do_{op.name.lower()}') for op in Op}
    def do_push(self, a): self.stack.append(a)
    def do_add(self, _): self.stack.append(self.stack.pop() + self.stack.pop())
    def do_mul(self, _): b, a = self.stack.pop(), self.stack.pop(); self.stack.append(a * b)
    def do_dup(self, _): self.stack.append(self.stack[-1])
    def do_dec(self, _): self.stack[-1] -= 1
    def do_swap(self, _): self.stack[-1], self.stack[-2] = self.stack[-2], self.stack[-1]
    def do_jnz(self, a):
        if self.stack[-1]: self.pc = a
    def do_halt(self, _): raise StopIteration
    def run(self):
        try:
            while True:
                op, arg = self.prog[self.pc]; self.pc += 1; self.steps += 1
                self.table[op](arg)
        except StopIteration: return self.stack
prog = [(Op.PUSH, 1), (Op.PUSH, 5), (Op.DUP, None), (Op.SWAP, None), (Op.DEC, None), (Op.JNZ, 2), (Op.HALT, None)]
vm = VM(prog); print(vm.run(), vm.steps)
def bf(code, inp=''):
    tape, ptr, out, pc, inp, jmp, st = [0]*30, 0, [], 0, iter(inp), {}, []
    for i, c in enumerate(code):
        if c == '[': st.append(i)
        elif c == ']': j = st.pop(); jmp[i], jmp[j] = j, i
    while pc < len(code):
        match code[pc]:
            case '>': ptr += 1
            case '<': ptr -= 1
            case '+': tape[ptr] = (tape[ptr] + 1) % 256
            case '-': tape[ptr] = (tape[ptr] - 1) % 256
            case '.': out.append(chr(tape[ptr]))
            case ',': tape[ptr] = ord(next(inp, '\0'))
            case '[' if not tape[ptr]: pc = jmp[pc]
            case ']' if tape[ptr]: pc = jmp[pc]
        pc += 1
    return ''.join(out)
print(bf('++++++++[>++++++++<-]>+.+.+.'), bf(',[.,]', 'hey'))
def lisp(src):
    toks = re.findall(r'[()]|[^\s()]+', src)
    def read(it):
        tok = next(it)
        if tok == '(':
            out = []
            while (x := read(it)) != ')': out.append(x)
            return out
        if tok == ')': return tok
        try: return int(tok)
        except ValueError: return tok
    glob = {'+': lambda *a: sum(a), '*': lambda *a: reduce(operator.mul, a, 1), '-': operator.sub, '<': operator.lt, '=': operator.eq, 'list': lambda *a: list(a), 'car': lambda x: x[0], 'cdr': lambda x: x[1:]}
    class Env(dict):
        def __init__(self, outer=None, **k): super().__init__(k); self.outer = outer
        def look(self, n): return self[n] if n in self else self.outer.look(n) if self.outer is not None else glob[n]
    def ev(x, env):
        while True:
            if isinstance(x, str): return env.look(x)
            if not isinstance(x, list): return x
            match x:
                case ['quote', v]: return v
                case ['if', c, a, b]: x = a if ev(c, env) else b
                case ['define', n, v]: env[n] = ev(v, env); return None
                case ['lambda', ps, body]: return lambda *a, ps=ps, body=body, env=env: ev(body, Env(env, **dict(zip(ps, a))))
                case [f, *args]: return ev(f, env)(*[ev(a, env) for a in args])
    env, it, res = Env(), iter(toks), None
    while True:
        try: form = read(it)
        except StopIteration: return res
        res = ev(form, env)
print(lisp('(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1)))))) (fact 10)'), lisp("(car (cdr (list 1 2 3)))"), lisp("(quote (a b))"))
@total_ordering
class Version:
    def __init__(self, s): self.parts = tuple(map(int, s.split('.')))
    def __eq__(self, o): return self.parts == o.parts
    def __lt__(self, o): return self.parts < o.parts
    def __hash__(self): return hash(self.parts)
    @cached_property
    def major(self): print('computed'); return self.parts[0]
    def __repr__(self): return f"V{'.'.join(map(str, self.parts))}"
vs = sorted(map(Version, ['1.10', '1.2', '0.9.1', '1.2']), reverse=True)
print(vs, vs[0] >= vs[1], len(set(vs)), vs[0].major, vs[0].major, max(vs), dataclasses.replace(Num(1.0), v=2), dataclasses.asdict(Bin('+', Num(1), Var('x'))))
