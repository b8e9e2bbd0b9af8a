package import ChatModel
package import CrewCore

/// What a run came to, as `--output json` prints it.
package enum ResultObject {
    /// The object for a run that was executed.
    ///
    /// - Parameters:
    ///   - result: What came of it.
    ///   - status: How it stands, where its own record cannot know, as after a crash.
    package static func of(_ result: RunResult, status: RunStatus? = nil) -> JSONFields {
        let status = status ?? result.status
        var fields = JSONFields()
        fields.add("run", result.run)
        fields.add("status", status.rawValue)
        fields.add("result", result.text)
        if let document = document(of: result) { fields.add("result_json", document) }
        fields.add("cost_usd", result.cost)
        fields.add("provider_cost_usd", optional: result.bill.calls > 0 ? result.bill.billed : nil)
        fields.add("uncertain_usd", result.uncertainCost)
        if result.overrun > .zero { fields.add("over_limit_usd", result.overrun) }
        fields.add("priced", .bool(result.isPriced))
        fields.add("usage", usage(result.usage))
        fields.add("calls", .integer(Int64(result.calls)))
        fields.add("duration_s", milliseconds: result.duration)
        fields.add("missing", .array(result.missing.map { .string($0) }))
        if status == .finished || status == .running {
            fields.add("error", .null)
        } else {
            fields.add("error", error(result.code ?? status.rawValue, result.message ?? ""))
        }
        fields.add("results", result.results.map(accepted))
        return fields
    }

    /// The object for a run that could not be executed at all.
    ///
    /// - Parameters:
    ///   - code: A word for programs on why it could not.
    ///   - message: Why, for people.
    ///   - run: The run, if there is one.
    package static func failure(code: String, _ message: String, run: String? = nil) -> JSONFields {
        var fields = JSONFields()
        fields.add("run", run)
        fields.add("status", RunStatus.failed.rawValue)
        fields.add("result", "")
        fields.add("cost_usd", .zero)
        fields.add("provider_cost_usd", optional: nil)
        fields.add("uncertain_usd", .zero)
        fields.add("priced", false)
        fields.add("usage", usage(.zero))
        fields.add("calls", 0)
        fields.add("duration_s", milliseconds: 0)
        fields.add("missing", [])
        fields.add("error", error(code, message))
        fields.add("results", [JSONFields]())
        return fields
    }

    package static func usage(_ usage: TokenUsage) -> JSONValue {
        [
            "input_tokens": .integer(Int64(usage.input)),
            "cached_tokens": .integer(Int64(usage.cachedInput)),
            "output_tokens": .integer(Int64(usage.output)),
            "reasoning_tokens": .integer(Int64(usage.reasoning)),
        ]
    }

    private static func error(_ code: String, _ message: String) -> JSONValue {
        ["code": .string(code), "message": .string(message)]
    }

    private static func accepted(_ result: AcceptedResult) -> JSONFields {
        var fields = JSONFields()
        fields.add("id", result.id)
        fields.add("task", result.task)
        fields.add("agent", result.agent)
        fields.add("assignment", result.assignment)
        fields.add("text", result.text)
        if result.isStructured, let document = try? JSONValue(parsing: result.text) { fields.add("json", document) }
        return fields
    }

    /// The answer as a value, when it is a structured result.
    package static func document(of result: RunResult) -> JSONValue? {
        guard result.results.contains(where: { $0.isStructured && $0.text == result.text }) else { return nil }
        return try? JSONValue(parsing: result.text)
    }
}
