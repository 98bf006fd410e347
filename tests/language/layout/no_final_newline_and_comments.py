# comment first
x = ext(1)  # comment after
# comment between

if x:  # header
    # deep comment
    y = ext(2)
    # trailing deep comment
else:
    y = 0
'a string statement'
ext('dropped')
...
None
5
(  # an opening
    ext(x)  # first
    + y  # second
)  # end
