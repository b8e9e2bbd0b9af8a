import ChatModel
import CrewCore

extension CrewFormat {
    /// A model of which nothing is said but its name: what holds where a key is left out.
    private static let unset = ModelDefinition(model: "")

    private static func time(_ milliseconds: Int) -> JSONValue { .string(DurationText.text(milliseconds)) }

    static let model = Record(
        "model",
        [
            Field("model", .text(example: "gpt-5-mini"), "The model's name at its endpoint.", required: true),
            Field(
                "base_url",
                .text(example: "http://127.0.0.1:8080/v1"),
                "The endpoint, up to and including `/v1`; without one, the environment's or OpenAI's. It may end in "
                    + "`/chat/completions` and have a query.",
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
                standard: .integer(Int64(unset.maximumOutput)),
                synonyms: ["max_tokens", "max_output_tokens", "max_completion_tokens"]
            ),
            Field("price", .record(price), "What it costs; without one, the built-in price of a model of that name."),
            Field(
                "cache",
                .choice(CachePolicy.allCases.map(\.rawValue)),
                "What the response cache may do.",
                standard: .string(unset.cache.rawValue)
            ),
            Field("rate", .record(rate), "What the endpoint allows in a minute.", synonyms: ["rate_limit", "rpm"]),
            Field("fallback", .name(of: "model"), "The model to turn to when this one fails for good."),
            Field("timeout", .duration, "When to give up an attempt.", standard: time(unset.timeout)),
            Field(
                "first_byte_timeout",
                .duration,
                "How long to wait for an answer to begin.",
                standard: time(unset.firstByteTimeout)
            ),
            Field(
                "idle_timeout",
                .duration,
                "How long an answer that has begun may pause.",
                standard: time(unset.idleTimeout),
                synonyms: ["read_timeout", "stream_timeout"]
            ),
            Field(
                "attempts",
                .integer(least: 1),
                "How many attempts a call gets at this model, the first included.",
                standard: .integer(Int64(unset.maximumAttempts)),
                synonyms: ["max_attempts", "retries", "max_retries", "num_retries"]
            ),
            Field(
                "patience",
                .duration,
                "How long a server that is loading, restarting or left alone is waited for in one call; if set, one never reached, too.",
                standard: time(unset.patience),
                synonyms: ["wait", "max_wait", "retry_timeout"]
            ),
            Field(
                "concurrent",
                .integer(least: 1),
                "How many requests this endpoint and key may have at once, over all agents and runs of the process.",
                synonyms: ["concurrency", "max_concurrent", "max_parallel", "parallel", "parallel_requests", "slots"]
            ),
            Field(
                "headers",
                .parameters,
                "Header fields of every request, each a text or `env:NAME`.",
                synonyms: ["header", "extra_headers", "default_headers"]
            ),
            Field(
                "query",
                .parameters,
                "Query parameters of every request, each a text or `env:NAME`.",
                synonyms: ["params", "extra_query", "default_query"]
            ),
            Field(
                "body",
                .members,
                "Further fields of every request's body, for what the endpoint knows beyond the common protocol.",
                synonyms: ["extra_body", "options", "extra", "model_kwargs", "extra_params"]
            ),
            Field(
                "ca",
                .text(example: "certificates/company.pem"),
                "A file of certificates in PEM to trust instead of the system's, relative to the crew file.",
                synonyms: ["ca_file", "cacert", "ca_bundle", "ssl_cert_file", "cert"]
            ),
            Field("organization", .text(example: "org-123"), "The organization to bill at OpenAI.", synonyms: ["org"]),
            Field("project", .text(example: "proj_123"), "The project to bill at OpenAI."),
            Field(
                "structured_output",
                .choice(Dialect.StructuredOutput.allCases.map(\.rawValue)),
                "How answers in a given form are asked for, always; without it, the best way that the endpoint takes.",
                synonyms: ["response_format", "json_mode", "output_mode"]
            ),
            Field(
                "stream",
                .boolean,
                "Whether answers may be streamed.",
                standard: .bool(unset.streams),
                synonyms: ["streaming"]
            ),
            Field(
                "system_role",
                .choice(Dialect.SystemRole.allCases.map(\.rawValue)),
                "The name of the role in which an agent's rules are sent.",
                standard: .string(Dialect.compatible.systemRole.rawValue)
            ),
        ]
    )

    static let price = Record(
        "price",
        [
            Field("input", .dollars, "US dollars per million tokens read.", required: true),
            Field("cached_input", .dollars, "US dollars per million tokens read from the provider's prompt cache."),
            Field(
                "cache_write",
                .dollars,
                "US dollars per million tokens written to the provider's prompt cache.",
                synonyms: ["cached_write", "cache_creation"]
            ),
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
