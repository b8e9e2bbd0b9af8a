import CrewKit
import CrewReport

/// Judges endpoints, their keys and their models.
struct EndpointCheck {
    let environment: [String: String]
    /// Whether the models stand in a crew file; else they are those of the environment.
    let isOfFile: Bool

    /// How many endpoints are asked at the same time.
    private static let askedAtOnce = 16

    /// Asks each endpoint of completed models once, several at the same time.
    func findings(_ models: [ModelDefinition], provider: OpenAIModels) async -> [Finding] {
        let groups = Self.byEndpoint(models)
        var found = [[Finding]](repeating: [], count: groups.count)
        await withTaskGroup(of: (Int, [Finding]).self) { tasks in
            for (index, group) in groups.enumerated() {
                if index >= Self.askedAtOnce, let done = await tasks.next() { found[done.0] = done.1 }
                tasks.addTask { (index, await self.findings(ofOne: group, provider)) }
            }
            for await done in tasks { found[done.0] = done.1 }
        }
        return found.flatMap(\.self)
    }

    private func findings(ofOne models: [ModelDefinition], _ provider: OpenAIModels) async -> [Finding] {
        guard let first = models.first else { return [] }
        let (keys, isUsable) = self.keys(of: first, provider)
        let answer = await Surroundings.ask(first, environment: environment)
        return keys + judge(answer, of: models, keyIsUsable: isUsable)
    }

    /// The models that share an endpoint and a key, in their order.
    static func byEndpoint(_ models: [ModelDefinition]) -> [[ModelDefinition]] {
        var groups: [[ModelDefinition]] = []
        for model in models {
            let isSame = { (other: ModelDefinition) in
                other.baseURL == model.baseURL && other.variableUses == model.variableUses
                    && other.headers == model.headers && other.query == model.query
            }
            if let index = groups.firstIndex(where: { $0.first.map(isSame) ?? false }) {
                groups[index].append(model)
            } else {
                groups.append([model])
            }
        }
        return groups
    }

    // MARK: - Keys

    /// Says where an endpoint's key and other secrets come from, by the names of the variables alone.
    private func keys(of model: ModelDefinition, _ provider: OpenAIModels) -> ([Finding], isUsable: Bool) {
        let host = Self.host(model)
        do throws(CrewError) { _ = try provider.model(for: model) } catch {
            let isMissing = error.code == .credentials && !error.message.contains("cannot be used")
            let subject = error.code == .credentials ? "key" : "certificates"
            let remedy: String? =
                if subject == "certificates" {
                    isOfFile ? "correct `ca` in the crew file, or the variable" : "correct the variable, or unset it"
                } else if isMissing, let variable = Self.missing(model, environment) {
                    "export \(variable)=…" + (isOfFile ? "" : ", or set OPENAI_BASE_URL to an endpoint that wants none")
                } else {
                    "set it anew, in one line and without anything else"
                }
            return ([Finding(.problem, subject, error.message, remedy: remedy)], false)
        }
        let uses = model.variableUses.map { use in
            let isSet = environment[use.variable].map { !$0.isEmpty } ?? false
            return "\(use.variable) \(isSet ? "is set" : "is not set and not needed")"
                + (use.place == "key" ? "" : " (\(use.place))")
        }
        guard !uses.isEmpty else { return ([Finding(.good, "key", "\(host) gets none")], true) }
        return ([Finding(.good, "key", uses.joined(separator: ", ") + ", for \(host)")], true)
    }

    private static func missing(_ model: ModelDefinition, _ environment: [String: String]) -> String? {
        model.variableUses.map(\.variable).first { environment[$0]?.allSatisfy(\.isWhitespace) ?? true }
    }

    private static func host(_ model: ModelDefinition) -> String {
        let address = ModelEndpoint.shown(model.baseURL ?? "")
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        return String(rest.prefix { !"/?".contains($0) })
    }

    // MARK: - The endpoint

    /// What says where the endpoint is.
    private func placeOfAddress(_ model: ModelDefinition) -> String {
        let own = environment["OPENAI_BASE_URL"] ?? ""
        return isOfFile && (own.isEmpty || model.baseURL != own) ? "base_url in the crew file" : "OPENAI_BASE_URL"
    }

    /// Judges what an endpoint answered, and the names of the models that are asked for there.
    func judge(
        _ answer: Surroundings.EndpointAnswer,
        of models: [ModelDefinition],
        keyIsUsable: Bool
    ) -> [Finding] {
        guard let first = models.first else { return [] }
        let url = ModelEndpoint.shown(first.baseURL ?? "")
        func endpoint(_ severity: Finding.Severity, _ text: String, _ remedy: String? = nil) -> Finding {
            Finding(severity, "endpoint", "\(url) \(text)", remedy: remedy)
        }
        let variable = first.variableUses.first?.variable
        let finding: Finding
        switch answer {
        case .models(let names):
            return [endpoint(.good, "answers")] + models.map { model($0, names) }
        case .noList(let status):
            finding = endpoint(
                .hint,
                "answers, but does not list its models (HTTP \(status))",
                "if calls fail with 404 too, \(placeOfAddress(first)) may lack its /v1; `crew doctor --try` makes one"
            )
        case .webPage(let status):
            finding = endpoint(
                .problem,
                "answers with a web page (HTTP \(status)), as no API does",
                "check \(placeOfAddress(first)): most end in /v1; behind a portal, log in first"
            )
        case .refused(let status, let reason):
            guard keyIsUsable else {
                finding = endpoint(.good, "answers, and wants a key (HTTP \(status))")
                break
            }
            let words = reason.isEmpty ? "" : ": \(reason)"
            finding =
                if let variable {
                    status == 401
                        ? endpoint(
                            .problem,
                            "refuses the key in \(variable) (HTTP 401)\(words)",
                            "set \(variable) to a key of this endpoint's; one that was revoked or cut is refused, too"
                        )
                        : endpoint(
                            .problem,
                            "knows the key in \(variable) and does not let it do this (HTTP 403)\(words)",
                            "see what the key may do there: its project, its region, the models it may use"
                        )
                } else {
                    endpoint(
                        .problem,
                        "wants a key, and gets none (HTTP \(status))\(words)",
                        isOfFile ? "name the variable that holds it: key: env:NAME" : "export OPENAI_API_KEY=…"
                    )
                }
        case .proxyWantsCredentials:
            finding = endpoint(
                .problem,
                "is behind a proxy that wants a name and a password (HTTP 407)",
                "write them into https_proxy, as in http://NAME:PASSWORD@HOST:PORT, or name the host in no_proxy"
            )
        case .failed(let status, let reason):
            finding = endpoint(
                .problem,
                "answers with HTTP \(status)\(reason.isEmpty ? "" : ": \(reason)")",
                status >= 500 ? "try again later" : "check \(placeOfAddress(first))"
            )
        case .untrusted(let reason):
            finding = endpoint(
                .problem,
                "is not trusted: \(reason)",
                "name your authority's certificates: SSL_CERT_FILE=FILE.pem, or `ca: FILE.pem` in a crew file"
            )
        case .unreachable(let reason):
            finding = endpoint(
                .problem,
                "cannot be reached: \(reason)",
                "check \(placeOfAddress(first)), the network and the proxy; a local model's server has to be running"
            )
        }
        return [finding] + models.map { model($0, []) }
    }

    // MARK: - Models

    private func model(_ model: ModelDefinition, _ names: [String]) -> Finding {
        let subject = isOfFile ? "model \(model.name)" : "model"
        let price =
            model.effectivePrice == nil ? "no known price, so no budget in dollars can be kept" : "its price is known"
        // Google lists its names with the kind of thing before them.
        if names.isEmpty || names.contains(model.model) || names.contains("models/" + model.model) {
            return Finding(.good, subject, "\(model.model); \(price)")
        }
        let near = Self.nearest(model.model, names)
        let some = (near.isEmpty ? Array(names.prefix(5)) : near).joined(separator: ", ")
        let more = near.isEmpty && names.count > 5 ? ", …" : ""
        let what = near.isEmpty ? "there is" : "did you mean"
        return Finding(
            .hint,
            subject,
            "\(model.model) is not among the endpoint's \(Numbers.count(names.count, "model"))",
            remedy: "\(isOfFile ? "correct `model`" : "set OPENAI_MODEL"): \(what) \(some)\(more)"
        )
    }

    /// The names that are most likely meant: that of a near spelling, and those that hold the word.
    static func nearest(_ name: String, _ names: [String]) -> [String] {
        let word = name.lowercased()
        let parts = names.filter { candidate in
            let candidate = candidate.lowercased()
            return candidate.contains(word) || (candidate.count >= 3 && word.contains(candidate))
        }
        let near = ModelNames.nearest(name, names).map { [$0] } ?? []
        return Array((near + parts.filter { !near.contains($0) }).prefix(3))
    }
}
