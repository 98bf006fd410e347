# Summarise a folder of documents: who is named, which sums are mentioned, which days matter.
# Inputs: folder, kind (how the file names begin), currency, report (the file to write).
import time


def read_all(names):
    facts = []
    for name in names:
        text = read_document(folder, name)
        found = extract_facts(text)
        print(f'{name}: {found["words"]} words, {len(found["amounts"])} amounts')
        facts.append((name, found))
    return facts


def count_names(facts):
    counts = {}
    for _, found in facts:
        for person in found['names']:
            counts[person] = counts.get(person, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def rate_or_none(wanted):
    try:
        return exchange_rate(wanted)
    except Exception as error:
        print(f'no rate for {wanted}: {error}')
        return None


documents = [name for name in list_documents(folder) if name.startswith(kind)]
facts = read_all(documents)

# The archive asks for a pause between reading and asking for rates.
time.sleep(1)
rate = rate_or_none(currency)

total = sum(sum(found['amounts']) for _, found in facts)
days = sorted({day for _, found in facts for day in found['dates']})
people = count_names(facts)

lines = [f'# {kind or "all"}: {len(documents)} documents', '']
for name, found in facts:
    lines.append(f'* {name}: {found["words"]} words, sum of amounts EUR {sum(found["amounts"]) / 100:,.2f}')
lines.append('')
lines.append(f'Mentioned in all: EUR {total / 100:,.2f}')
if rate is not None and currency != 'EUR':
    lines.append(f'which is about {currency} {total * rate / 100:,.2f}')
if days:
    lines.append(f'From {days[0]} to {days[-1]}')
for person, times in people[:5]:
    lines.append(f'{person}: {times}')

written = write_report(report, '\n'.join(lines) + '\n')
print(f'wrote {written} bytes')

{'documents': len(documents), 'cents': total, 'days': len(days), 'people': len(people), 'bytes': written}
