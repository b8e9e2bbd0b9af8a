import ChatModel

extension CrewFormat {
    static let model = Record(
        "model",
        [
            Field("model", .text(example: "gpt-5-mini"), "The model's name at its endpoint.", required: true),
            Field(
                "base_url",
                .text(example: "http://127.0.0.1:8080/v1"),
                "The endpoint, up to and including `/v1`; without one, the environment's or OpenAI's.",
                synonyms: ["url", "endpoint", "api_base"]
            ),
            Field(
                "key",
                .variable,
                "The environment variable that holds the key, as `env:NAME`; never the key itself.",
                synonyms: ["api_key", "apikey", "token"]
            ),
            Field("temperature", .number(least: 0, most: 2), "The temperature, or the endpoint's default."),
            Field("top_p", .number(least: 0, most: 1), "Nucleus sampling, or the endpoint's default."),
            Field("seed", .integer(least: .min), "The seed, for endpoints that take one."),
            Field("reasoning_effort", .text(example: "low"), "How long a reasoning model may think."),
            Field(
                "max_output",
                .integer(least: 1),
                "The most tokens one answer may have, reasoning included.",
                standard: 2_000,
                synonyms: ["max_tokens", "max_output_tokens", "max_completion_tokens"]
            ),
            Field("price", .record(price), "What it costs; without one, the built-in price of a model of that name."),
            Field(
                "cache",
                .choice(CachePolicy.allCases.map(\.rawValue)),
                "What the response cache may do.",
                standard: "off"
            ),
            Field("rate", .record(rate), "What the endpoint allows in a minute.", synonyms: ["rate_limit", "rpm"]),
            Field("fallback", .name(of: "model"), "The model to turn to when this one fails for good."),
            Field("timeout", .duration, "When to give up an attempt.", standard: "10m"),
            Field("first_byte_timeout", .duration, "How long to wait for an answer to begin.", standard: "2m"),
        ]
    )

    static let price = Record(
        "price",
        [
            Field("input", .dollars, "US dollars per million tokens read.", required: true),
            Field("cached_input", .dollars, "US dollars per million tokens read from the provider's prompt cache."),
            Field("output", .dollars, "US dollars per million tokens generated.", required: true),
        ]
    )

    static let rate = Record(
        "rate",
        [
            Field("requests", .integer(least: 1), "Requests a minute.", synonyms: ["rpm"]),
            Field("tokens", .integer(least: 1), "Tokens a minute.", synonyms: ["tpm"]),
        ]
    )
}
