import CrewKit

/// Judges the endpoint and the model that a crew without any of its own gets.
enum EndpointCheck {
    static func findings(environment: [String: String]) async throws(CrewError) -> [Finding] {
        let provider = try OpenAIModels(environment: environment)
        let models = try provider.resolve([])
        guard let model = models.first, let url = model.baseURL else { return [] }
        let key = model.keyVariable.map { environment[$0] ?? "" } ?? ""
        let answer = await Surroundings.ask(model, environment: environment)
        return findings(model, url: url, hasKey: !key.isEmpty, needsKey: needsKey(provider, model), answer)
    }

    private static func needsKey(_ provider: OpenAIModels, _ model: ModelDefinition) -> Bool {
        do throws(CrewError) {
            _ = try provider.model(for: model)
            return false
        } catch {
            return error.code == .credentials
        }
    }

    static func findings(
        _ model: ModelDefinition,
        url: String,
        hasKey: Bool,
        needsKey: Bool,
        _ answer: Surroundings.EndpointAnswer
    ) -> [Finding] {
        let variable = model.keyVariable ?? "OPENAI_API_KEY"
        var findings: [Finding] = []
        if needsKey {
            findings.append(
                Finding(
                    .problem,
                    "key",
                    "\(variable) is not set, and \(url) wants a key",
                    remedy: "export \(variable)=…, or set OPENAI_BASE_URL to an endpoint that wants none"
                )
            )
        } else {
            let isSet = hasKey ? "is set" : "is not set and not needed"
            findings.append(Finding(.good, "key", "\(variable) \(isSet)"))
        }
        switch answer {
        case .unreachable(let reason):
            findings.append(
                Finding(
                    .problem,
                    "endpoint",
                    "\(url) cannot be reached: \(reason)",
                    remedy: "check OPENAI_BASE_URL, the network and the proxy; a local model's server has to be running"
                )
            )
        case .answered(let status, let models):
            findings.append(endpoint(url, status, variable, needsKey))
            findings.append(self.model(model, models))
        }
        return findings
    }

    private static func endpoint(_ url: String, _ status: Int, _ variable: String, _ needsKey: Bool) -> Finding {
        switch status {
        case 200..<300: return Finding(.good, "endpoint", "\(url) answers")
        case 401, 403:
            let severity = needsKey ? Finding.Severity.good : .problem
            return Finding(
                severity,
                "endpoint",
                "\(url) answers, but not to this key (HTTP \(status))",
                remedy: needsKey ? nil : "check the value of \(variable) and what it may do"
            )
        case 404, 405:
            return Finding(
                .hint,
                "endpoint",
                "\(url) answers, but does not list its models (HTTP \(status))",
                remedy: "if calls fail with 404 too, OPENAI_BASE_URL may lack its /v1"
            )
        default:
            return Finding(
                .problem,
                "endpoint",
                "\(url) answers with HTTP \(status)",
                remedy: "try again later, or check OPENAI_BASE_URL"
            )
        }
    }

    private static func model(_ model: ModelDefinition, _ models: [String]) -> Finding {
        let price = model.price == nil ? "no known price, so no budget in dollars can be kept" : "its price is known"
        if models.isEmpty || models.contains(model.model) {
            return Finding(.good, "model", "\(model.model); \(price)")
        }
        let some = models.prefix(5).joined(separator: ", ") + (models.count > 5 ? ", …" : "")
        return Finding(
            .hint,
            "model",
            "\(model.model) is not among the endpoint's models",
            remedy: "set OPENAI_MODEL to one of them: \(some)"
        )
    }
}
