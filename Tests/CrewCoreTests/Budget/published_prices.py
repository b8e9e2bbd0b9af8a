"""Reckons with genai-prices what random usages cost.

Reads lines of `provider model day`, writes for each of them lines of
`model input cached written output micro-micro-dollars`, among them the edges of the model's tiers.
"""

import datetime
import decimal
import random
import sys

from genai_prices import Usage, calc_price, data

seed, rounds = int(sys.argv[1]), int(sys.argv[2])
dice = random.Random(seed)
decimal.getcontext().prec = 50
providers = {provider.id: provider for provider in data.providers}


def edges(provider, model, day):
    found = next(m for m in providers[provider].models if m.is_match(model))
    prices = found.get_prices(day)
    return {
        tier.start
        for part in (prices.input_mtok, prices.output_mtok, prices.cache_read_mtok)
        for tier in getattr(part, "tiers", [])
    }


for line in sys.stdin:
    provider, model, date = line.split()
    day = datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time(12), datetime.timezone.utc)
    lengths = [edge + step for edge in edges(provider, model, day) for step in (-1, 0, 1)]
    lengths += [0, 1] + [dice.randrange(10 ** dice.randrange(1, 7)) for _ in range(rounds)]
    for length in lengths:
        cached = dice.choice([0, length, dice.randint(0, length)])
        # Only OpenAI writes to its cache unasked and charges for it.
        written = dice.choice([0, dice.randint(0, length - cached)]) if provider == "openai" else 0
        output = dice.randrange(200_000)
        usage = Usage(
            input_tokens=length, cache_read_tokens=cached, cache_write_tokens=written, output_tokens=output
        )
        price = calc_price(usage, model, provider_id=provider, genai_request_timestamp=day).total_price
        print(model, length, cached, written, output, format((price * 10**12).normalize(), "f"))
