def insert(tree, value):
    if tree is None:
        return {'value': value, 'left': None, 'right': None}
    side = 'left' if ext(value) < tree['value'] else 'right'
    tree[side] = insert(tree[side], value)
    return tree


def inorder(tree):
    return [] if tree is None else inorder(tree['left']) + [ext(tree['value'])] + inorder(tree['right'])


def height(tree):
    return 0 if not tree else 1 + max(height(tree['left']), height(tree['right']))


def visit(tree, before=lambda v: None, after=lambda v: None):
    if tree:
        before(tree['value'])
        visit(tree['left'], before, after)
        visit(tree['right'], before, after)
        after(tree['value'])


tree = None
for v in [5, 2, 8, 1, 9, 3]:
    tree = insert(tree, v)
print(inorder(tree), height(tree))
pre, post = [], []
visit(tree, lambda v: pre.append(ext(v)), after=lambda v: post.append(v))
print(pre, post)
level, levels = [tree], []
while level:
    levels.append([ext(n['value']) for n in level])
    level = [child for n in level for child in (n['left'], n['right']) if child]
levels
