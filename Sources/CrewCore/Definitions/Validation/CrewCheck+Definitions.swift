import ChatModel

extension CrewCheck {
    mutating func header() {
        name(crew.name, at: ["crew"], "crew")
        required(crew.goal, at: ["goal"], "the crew's goal")
        text(crew.goal, at: ["goal"])
        for (what, count) in [
            ("inputs", crew.inputs.count), ("models", crew.models.count), ("tools", crew.tools.count),
            ("agents", crew.members.count), ("tasks", crew.tasks.count),
        ] where count > 1_000 {
            report([.key(what)], "\(count) \(what) are too many", hint: "at most 1000")
        }
    }

    mutating func inputs() {
        names(inputNames, in: "inputs", "input")
        for input in crew.inputs {
            guard let value = input.defaultValue else { continue }
            let fits =
                switch input.type {
                case .string: value.stringValue != nil
                case .integer: value.integerValue != nil
                case .number: value.doubleValue?.isFinite ?? false
                case .boolean: value.boolValue != nil
                }
            if !fits {
                report(
                    ["inputs", .key(input.name), "default"],
                    "the default of an input of type \(input.type.rawValue) is \(article(value.typeName))",
                    value.stringValue ?? value.jsonText
                )
            }
        }
    }

    mutating func models() {
        names(crew.models.map(\.name), in: "models", "model")
        for model in crew.models {
            let path: [CrewProblem.PathElement] = ["models", .key(model.name)]
            required(model.model, at: path + ["model"], "the model's name at its endpoint")
            endpoint(of: model, at: path)
            if let variable = model.keyVariable, !isVariable(variable) {
                report(
                    path + ["key"],
                    "the key is not given by the name of an environment variable",
                    hint: "write env:NAME; a key itself never stands in a crew"
                )
            }
            sampling(model.sampling, at: path)
            range(model.maximumOutput, 1...10_000_000, at: path + ["max_output"])
            range(model.requestsPerMinute, 1...10_000_000, at: path + ["rate", "requests"])
            range(model.tokensPerMinute, 1...1_000_000_000_000, at: path + ["rate", "tokens"])
            duration(model.timeout, at: path + ["timeout"])
            duration(model.firstByteTimeout, at: path + ["first_byte_timeout"])
            duration(model.idleTimeout, at: path + ["idle_timeout"])
            duration(model.patience, least: 0, at: path + ["patience"])
            range(model.maximumAttempts, 1...100, at: path + ["attempts"])
            range(model.concurrentRequests, 1...10_000, at: path + ["concurrent"])
            requestParts(of: model, at: path)
            for tier in model.price?.tiers ?? [] {
                for (key, price) in [
                    ("input", tier.input), ("cached_input", tier.cachedInput),
                    ("cache_write", tier.cacheWrite ?? 0), ("output", tier.output),
                ] where !(0...1_000_000_000_000).contains(price) {
                    report(
                        path + ["price", .key(key)],
                        "the price is out of range",
                        String(price),
                        hint: "from 0 to 1000000 dollars per million tokens"
                    )
                }
            }
            reference(model.fallback, to: modelNames, "model", at: path + ["fallback"])
        }
        fallbackCycles()
        if !modelNames.contains("default"), usesDefaultModel {
            report(
                ["models"],
                "there is no model called `default`",
                hint: "add one under `models`, or name a model for every agent"
            )
        }
    }

    private mutating func endpoint(of model: ModelDefinition, at path: [CrewProblem.PathElement]) {
        guard let url = model.baseURL else { return }
        let endpoint: ModelEndpoint
        do throws(WebAddress.Refusal) {
            guard !url.contains("#") else { throw WebAddress.Refusal("it may hold no `#`") }
            endpoint = try ModelEndpoint(url)
        } catch {
            let authority = (url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]).prefix { $0 != "/" }
            // A password must not be shown.
            let isPrivate = authority.contains("@")
            return report(
                path + ["base_url"],
                isPrivate
                    ? "the endpoint holds a user name or a password"
                    : "\(quoted(url)) is no endpoint: \(error.message)",
                isPrivate ? nil : url,
                hint: isPrivate
                    ? "give the key by the name of an environment variable" : "such as https://api.openai.com/v1"
            )
        }
        guard endpoint.isClearText, !endpoint.isLoopback, let sent = model.variableUses.first else { return }
        report(
            path + sent.path,
            "the value of \(sent.variable) would go to \(endpoint.origin) in clear text",
            sent.variable,
            hint: "use https; without it, keys are sent to this machine only"
        )
    }

    private var usesDefaultModel: Bool {
        crew.agents.contains { $0.model == nil } || (crew.process.hasCoordinator && crew.process.model == nil)
    }

    private mutating func sampling(_ sampling: SamplingOptions, at path: [CrewProblem.PathElement]) {
        if let temperature = sampling.temperature, !(0...2).contains(temperature) {
            report(path + ["temperature"], "\(temperature) is out of range", "\(temperature)", hint: "from 0 to 2")
        }
        if let topP = sampling.topP, !(0...1).contains(topP) || topP == 0 {
            report(path + ["top_p"], "\(topP) is out of range", "\(topP)", hint: "above 0, up to 1")
        }
        if let effort = sampling.reasoningEffort, effort.isEmpty || effort.utf8.count > 32 {
            report(
                path + ["reasoning_effort"],
                "\(quoted(effort)) is no effort",
                effort,
                hint: "such as low, medium, high"
            )
        }
    }

    private mutating func fallbackCycles() {
        var reported: Set<String> = []
        for model in crew.models where !reported.contains(model.name) {
            var chain = [model.name]
            // From a crew around this one no way leads back into it.
            while let next = crew.model(chain[chain.count - 1])?.fallback, crew.model(next) != nil {
                if let start = chain.firstIndex(of: next) {
                    let cycle = chain[start...]
                    if reported.isDisjoint(with: cycle) {
                        report(
                            ["models", .key(chain[chain.count - 1]), "fallback"],
                            "the fallbacks go in a circle: \((cycle + [next]).joined(separator: " → "))",
                            next
                        )
                    }
                    reported.formUnion(cycle)
                    break
                }
                chain.append(next)
            }
        }
    }

    mutating func limits(_ limits: Limits, at path: [CrewProblem.PathElement]) {
        if let money = limits.money, money < .zero || money.picodollars > 1_000_000_000_000_000_000 {
            report(
                path + ["budget_usd"],
                "\(money.decimal) dollars are out of range",
                money.decimal,
                hint: "from 0 to 1000000"
            )
        }
        range(limits.tokens, 1...1_000_000_000_000, at: path + ["tokens"])
        range(limits.calls, 1...10_000_000, at: path + ["calls"])
        duration(limits.time, at: path + ["time"])
    }

    private mutating func duration(_ milliseconds: Int?, least: Int = 1, at path: [CrewProblem.PathElement]) {
        guard let milliseconds, !(least...DurationText.longest).contains(milliseconds) else { return }
        report(
            path,
            "\(milliseconds) milliseconds are out of range",
            hint: "from \(least)ms to \(DurationText.text(DurationText.longest))"
        )
    }

    func article(_ type: String) -> String {
        switch type {
        case "null": "null"
        case "array", "object", "integer", "agent", "input": "an \(type)"
        default: "a \(type)"
        }
    }

    func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.count <= 128 && name.utf8.allSatisfy { Names.isNameByte($0) && $0 != UInt8(ascii: "-") }
    }
}
