// Written by Scripts/update-prices; not to be edited.
internal import ChatModel

extension PriceTable {
    /// The prices of genai-prices 0.2.3 as of 2026-11-22.
    static let published = PriceTable(
        source: "genai-prices 0.2.3",
        date: "2026-11-22",
        entries: publishedEntries
    )

    static let publishedEntries: [Entry] = [
        Entry(
            provider: "openai",
            names: [
                "gpt-4-turbo",
                "gpt-4-turbo-2024-04-09",
                "gpt-4-turbo-0125-preview",
                "gpt-4-0125-preview",
                "gpt-4-1106-preview",
                "gpt-4-turbo-preview",
            ],
            price: Price(input: 10_000_000, output: 30_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4.1",
                "gpt-4.1-2025-04-14",
            ],
            price: Price(input: 2_000_000, cachedInput: 500_000, output: 8_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4.1-mini",
                "gpt-4.1-mini-2025-04-14",
            ],
            price: Price(input: 400_000, cachedInput: 100_000, output: 1_600_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4.1-nano",
                "gpt-4.1-nano-2025-04-14",
            ],
            price: Price(input: 100_000, cachedInput: 25_000, output: 400_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4o",
                "gpt-4o-2024-08-06",
                "gpt-4o-2024-11-20",
            ],
            price: Price(input: 2_500_000, cachedInput: 1_250_000, output: 10_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4o-2024-05-13"
            ],
            price: Price(input: 5_000_000, output: 15_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-4o-mini",
                "gpt-4o-mini-2024-07-18",
                "gpt-4o-mini-search-preview",
                "gpt-4o-mini-search-preview-2025-03-11",
            ],
            price: Price(input: 150_000, cachedInput: 75_000, output: 600_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5",
                "gpt-5-2025-08-07",
                "gpt-5-chat",
                "gpt-5-chat-latest",
                "gpt-5-codex",
            ],
            price: Price(input: 1_250_000, cachedInput: 125_000, output: 10_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5-mini",
                "gpt-5-mini-2025-08-07",
            ],
            price: Price(input: 250_000, cachedInput: 25_000, output: 2_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5-nano"
            ],
            price: Price(input: 50_000, cachedInput: 5_000, output: 400_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5-pro",
                "gpt-5-pro-2025-10-06",
            ],
            price: Price(input: 15_000_000, output: 120_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.1",
                "gpt-5.1-2025-11-13",
                "gpt-5.1-codex",
                "gpt-5.1-codex-max",
                "gpt-5.1-chat",
                "gpt-5.1-chat-latest",
                "gpt-5-1",
                "gpt-5-1-2025-11-13",
                "gpt-5-1-codex",
                "gpt-5-1-codex-max",
                "gpt-5-1-chat",
                "gpt-5-1-chat-latest",
            ],
            price: Price(input: 1_250_000, cachedInput: 125_000, output: 10_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.1-codex-mini",
                "gpt-5.1-mini",
                "gpt-5-1-codex-mini",
                "gpt-5-1-mini",
            ],
            price: Price(input: 250_000, cachedInput: 25_000, output: 2_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.2",
                "gpt-5.2-2025-12-11",
                "gpt-5-2",
                "gpt-5-2-2025-12-11",
                "gpt-5.2-chat",
                "gpt-5.2-chat-latest",
                "gpt-5-2-chat",
                "gpt-5-2-chat-latest",
                "gpt-5.2-codex",
                "gpt-5-2-codex",
            ],
            price: Price(input: 1_750_000, cachedInput: 175_000, output: 14_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.2-pro",
                "gpt-5.2-pro-2025-12-11",
                "gpt-5-2-pro-2025-12-11",
            ],
            price: Price(input: 21_000_000, output: 168_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.3",
                "gpt-5-3",
                "gpt-5.3-chat",
                "gpt-5.3-chat-latest",
                "gpt-5-3-chat",
                "gpt-5-3-chat-latest",
            ],
            price: Price(input: 1_750_000, cachedInput: 175_000, output: 14_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.4",
                "gpt-5.4-2026-03-05",
                "gpt-5-4",
                "gpt-5-4-2026-03-05",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 2_500_000, cachedInput: 250_000, output: 15_000_000),
                longer: [Price.Tier(above: 272_000, input: 5_000_000, cachedInput: 500_000, output: 22_500_000)]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.4-mini",
                "gpt-5.4-mini-2026-03-17",
                "gpt-5-4-mini",
                "gpt-5-4-mini-2026-03-17",
            ],
            price: Price(input: 750_000, cachedInput: 75_000, output: 4_500_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.4-nano",
                "gpt-5.4-nano-2026-03-17",
                "gpt-5-4-nano",
                "gpt-5-4-nano-2026-03-17",
            ],
            price: Price(input: 200_000, cachedInput: 20_000, output: 1_250_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.4-pro",
                "gpt-5.4-pro-2026-03-05",
                "gpt-5-4-pro",
                "gpt-5-4-pro-2026-03-05",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 30_000_000, output: 180_000_000),
                longer: [Price.Tier(above: 272_000, input: 60_000_000, output: 270_000_000)]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.5",
                "gpt-5.5-2026-04-23",
                "gpt-5.5-2026-04-24",
                "gpt-5-5",
                "gpt-5-5-2026-04-23",
                "gpt-5-5-2026-04-24",
                "gpt-5.5-chat",
                "gpt-5.5-chat-latest",
                "gpt-5-5-chat",
                "gpt-5-5-chat-latest",
                "gpt-5.5-codex",
                "gpt-5-5-codex",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 5_000_000, cachedInput: 500_000, output: 30_000_000),
                longer: [Price.Tier(above: 272_000, input: 10_000_000, cachedInput: 1_000_000, output: 45_000_000)]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.5-pro",
                "gpt-5.5-pro-2026-04-23",
                "gpt-5-5-pro",
                "gpt-5-5-pro-2026-04-23",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 30_000_000, output: 180_000_000),
                longer: [Price.Tier(above: 272_000, input: 60_000_000, output: 270_000_000)]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.6-luna",
                "gpt-5-6-luna",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 200_000, cachedInput: 20_000, cacheWrite: 250_000, output: 1_200_000),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 400_000,
                        cachedInput: 40_000,
                        cacheWrite: 500_000,
                        output: 1_800_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.6-sol",
                "gpt-5-6-sol",
                "gpt-5.6",
                "gpt-5-6",
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 4_000_000,
                    cachedInput: 400_000,
                    cacheWrite: 5_000_000,
                    output: 20_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 8_000_000,
                        cachedInput: 800_000,
                        cacheWrite: 10_000_000,
                        output: 30_000_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-5.6-terra",
                "gpt-5-6-terra",
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 2_000_000,
                    cachedInput: 200_000,
                    cacheWrite: 2_500_000,
                    output: 12_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 4_000_000,
                        cachedInput: 400_000,
                        cacheWrite: 5_000_000,
                        output: 18_000_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-6-astra"
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 10_000_000,
                    cachedInput: 1_000_000,
                    cacheWrite: 12_500_000,
                    output: 50_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 20_000_000,
                        cachedInput: 2_000_000,
                        cacheWrite: 25_000_000,
                        output: 75_000_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-6-luna"
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 100_000, cachedInput: 10_000, cacheWrite: 125_000, output: 500_000),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 200_000,
                        cachedInput: 20_000,
                        cacheWrite: 250_000,
                        output: 750_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-6-sol"
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 2_000_000,
                    cachedInput: 200_000,
                    cacheWrite: 2_500_000,
                    output: 10_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 4_000_000,
                        cachedInput: 400_000,
                        cacheWrite: 5_000_000,
                        output: 15_000_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-6.1-sol"
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 2_000_000,
                    cachedInput: 100_000,
                    cacheWrite: 2_500_000,
                    output: 10_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 4_000_000,
                        cachedInput: 200_000,
                        cacheWrite: 5_000_000,
                        output: 15_000_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "gpt-6.1-terra"
            ],
            price: Price(
                base: Price.Tier(
                    above: 0,
                    input: 1_000_000,
                    cachedInput: 50_000,
                    cacheWrite: 1_250_000,
                    output: 5_000_000
                ),
                longer: [
                    Price.Tier(
                        above: 272_000,
                        input: 2_000_000,
                        cachedInput: 100_000,
                        cacheWrite: 2_500_000,
                        output: 7_500_000
                    )
                ]
            )
        ),
        Entry(
            provider: "openai",
            names: [
                "o1",
                "o1-2024-12-17",
            ],
            price: Price(input: 15_000_000, cachedInput: 7_500_000, output: 60_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "o3",
                "o3-2025-04-16",
            ],
            price: Price(input: 2_000_000, cachedInput: 500_000, output: 8_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "o3-mini",
                "o3-mini-2025-01-31",
                "o3-mini-high",
            ],
            price: Price(input: 1_100_000, cachedInput: 550_000, output: 4_400_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "o3-pro",
                "o3-pro-2025-06-10",
            ],
            price: Price(input: 20_000_000, output: 80_000_000)
        ),
        Entry(
            provider: "openai",
            names: [
                "o4-mini",
                "o4-mini-2025-04-16",
                "o4-mini-high",
            ],
            price: Price(input: 1_100_000, cachedInput: 275_000, output: 4_400_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-haiku-4-5"
            ],
            price: Price(input: 1_000_000, cachedInput: 100_000, output: 5_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-haiku-5-5"
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 100_000, cachedInput: 10_000, output: 500_000),
                longer: [Price.Tier(above: 100_000, input: 500_000, cachedInput: 50_000, output: 2_500_000)]
            )
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-0",
                "claude-opus-4",
                "claude-opus-4-20250514",
            ],
            price: Price(input: 15_000_000, cachedInput: 1_500_000, output: 75_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-1"
            ],
            price: Price(input: 15_000_000, cachedInput: 1_500_000, output: 75_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-5"
            ],
            price: Price(input: 5_000_000, cachedInput: 500_000, output: 25_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-6"
            ],
            price: Price(input: 5_000_000, cachedInput: 500_000, output: 25_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-7"
            ],
            price: Price(input: 5_000_000, cachedInput: 500_000, output: 25_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-4-8"
            ],
            price: Price(input: 5_000_000, cachedInput: 500_000, output: 25_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-5",
                "claude-opus-5-latest",
            ],
            price: Price(input: 5_000_000, cachedInput: 500_000, output: 25_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-opus-5-5"
            ],
            price: Price(input: 4_000_000, cachedInput: 200_000, output: 20_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-sonnet-4-0",
                "claude-sonnet-4",
            ],
            price: Price(input: 3_000_000, cachedInput: 300_000, output: 15_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-sonnet-4-5"
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 3_000_000, cachedInput: 300_000, output: 15_000_000),
                longer: [Price.Tier(above: 200_000, input: 6_000_000, cachedInput: 600_000, output: 22_500_000)]
            )
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-sonnet-4-6"
            ],
            price: Price(input: 3_000_000, cachedInput: 300_000, output: 15_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-sonnet-5"
            ],
            price: Price(input: 2_000_000, cachedInput: 200_000, output: 10_000_000)
        ),
        Entry(
            provider: "anthropic",
            names: [
                "claude-sonnet-5-5"
            ],
            price: Price(input: 2_000_000, cachedInput: 100_000, output: 10_000_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-2.5-flash",
                "gemini-2.5-flash-latest",
                "gemini-2.5-flash-preview-09-2025",
            ],
            price: Price(input: 300_000, cachedInput: 30_000, output: 2_500_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-2.5-flash-lite"
            ],
            price: Price(input: 100_000, cachedInput: 10_000, output: 400_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-2.5-pro"
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 1_250_000, cachedInput: 125_000, output: 10_000_000),
                longer: [Price.Tier(above: 200_000, input: 2_500_000, cachedInput: 250_000, output: 15_000_000)]
            )
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3-flash-preview"
            ],
            price: Price(input: 500_000, cachedInput: 50_000, output: 3_000_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.1-flash-lite"
            ],
            price: Price(input: 250_000, cachedInput: 25_000, output: 1_500_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.1-pro-preview",
                "gemini-pro-latest",
            ],
            price: Price(
                base: Price.Tier(above: 0, input: 2_000_000, cachedInput: 200_000, output: 12_000_000),
                longer: [Price.Tier(above: 200_000, input: 4_000_000, cachedInput: 400_000, output: 18_000_000)]
            )
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.5-flash"
            ],
            price: Price(input: 1_500_000, cachedInput: 150_000, output: 9_000_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.5-flash-lite",
                "gemini-flash-lite-latest",
            ],
            price: Price(input: 300_000, cachedInput: 30_000, output: 2_500_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.6-flash"
            ],
            price: Price(input: 750_000, cachedInput: 75_000, output: 3_750_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.7-flash"
            ],
            price: Price(input: 750_000, cachedInput: 75_000, output: 3_750_000)
        ),
        Entry(
            provider: "google",
            names: [
                "gemini-3.8-flash",
                "gemini-flash-latest",
            ],
            price: Price(input: 750_000, cachedInput: 75_000, output: 3_750_000)
        ),
        Entry(
            provider: "deepseek",
            names: [
                "deepseek-chat",
                "deepseek-chat-v3-0324",
            ],
            price: Price(input: 270_000, cachedInput: 70_000, output: 1_100_000)
        ),
        Entry(
            provider: "deepseek",
            names: [
                "deepseek-flash"
            ],
            price: Price(input: 150_000, cachedInput: 3_000, output: 600_000)
        ),
        Entry(
            provider: "deepseek",
            names: [
                "deepseek-reasoner",
                "deepseek-r1-0528",
            ],
            price: Price(input: 550_000, cachedInput: 140_000, output: 2_190_000)
        ),
        Entry(
            provider: "deepseek",
            names: [
                "deepseek-v4-flash"
            ],
            price: Price(input: 150_000, cachedInput: 3_000, output: 600_000)
        ),
        Entry(
            provider: "deepseek",
            names: [
                "deepseek-v4-pro"
            ],
            price: Price(input: 660_000, cachedInput: 22_000, output: 1_980_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "codestral-latest",
                "codestral-2501",
            ],
            price: Price(input: 300_000, output: 900_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "ministral-8b-latest"
            ],
            price: Price(input: 150_000, cachedInput: 15_000, output: 150_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "mistral-large",
                "mistral-large-latest",
                "mistral-large-2407",
                "mistral-large-2411",
            ],
            price: Price(input: 2_000_000, output: 6_000_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "mistral-medium-latest"
            ],
            price: Price(input: 1_500_000, cachedInput: 150_000, output: 7_500_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "mistral-nemo",
                "open-mistral-nemo",
            ],
            price: Price(input: 150_000, output: 150_000)
        ),
        Entry(
            provider: "mistral",
            names: [
                "mistral-small-latest"
            ],
            price: Price(input: 150_000, cachedInput: 15_000, output: 600_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "llama-3.1-8b-instant"
            ],
            price: Price(input: 50_000, output: 80_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "llama-3.3-70b-versatile"
            ],
            price: Price(input: 590_000, output: 790_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "meta-llama/llama-4-maverick-17b-128e-instruct"
            ],
            price: Price(input: 200_000, output: 600_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "meta-llama/llama-4-scout-17b-16e-instruct"
            ],
            price: Price(input: 110_000, output: 340_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "openai/gpt-oss-120b"
            ],
            price: Price(input: 150_000, cachedInput: 75_000, output: 600_000)
        ),
        Entry(
            provider: "groq",
            names: [
                "openai/gpt-oss-20b"
            ],
            price: Price(input: 75_000, cachedInput: 37_500, output: 300_000)
        ),
        Entry(
            provider: "together",
            names: [
                "meta-llama/Llama-3.3-70B-Instruct-Turbo"
            ],
            price: Price(input: 880_000, output: 880_000)
        ),
        Entry(
            provider: "cerebras",
            names: [
                "gpt-oss-120b"
            ],
            price: Price(input: 350_000, output: 750_000)
        ),
    ]
}
