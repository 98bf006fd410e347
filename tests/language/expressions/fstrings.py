name, width = 'Ann', 8
print(f'{ext(name)!r:>{ext(width)}}|{ext(3.14159):.{ext(2)}f}|{ext(7):0{ext(3)}d}')
print(f'{name=} {ext(width)=} {width + 1 = }')
print(f'{ext("a")}{ext("b")!s}{ext("é")!a}')
print(f'outer {f"inner {ext(1) + 1} {name}"} end {ext({"k": 1})["k"]}')
print(f'{{literal}} {ext(5):>5}{ext(5):<5}|{ext(5):^5}|')
print(f'{[ext(i) for i in range(3)]} {(lambda x: ext(x) * 2)(4)}')
print(f'{ext(1234567):,} {ext(0.256):.1%} {ext(255):#x} {ext(255):b} {ext(1e10):e} {ext(True)} {ext(None)}')
print(f'{ext("x"):*^{width}} {width:{"0"}{ext(4)}}')
rf'\d{ext(1)}\n'
