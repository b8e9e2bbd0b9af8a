import ChatModel

/// What a model's requests carry beyond the common protocol.
extension CrewCheck {
    private static let mostParameters = 50
    private static let longestValue = 4_096
    private static let largestBody = 16_384

    mutating func requestParts(of model: ModelDefinition, at path: [CrewProblem.PathElement]) {
        if let url = model.baseURL { query(of: url, at: path + ["base_url"]) }
        parameters(model.headers, at: path + ["headers"])
        for header in model.headers { self.header(header, of: model, at: path + ["headers", .key(header.name)]) }
        parameters(model.query, at: path + ["query"])
        for parameter in model.query where parameter.name.isEmpty || parameter.name.utf8.contains(where: { $0 < 0x21 })
        {
            report(path + ["query", .key(parameter.name)], "\(quoted(parameter.name)) is no name of a query parameter")
        }
        body(model.body, at: path + ["body"])
        for (key, text) in [("organization", model.organization), ("project", model.project)] {
            guard let text, !isFieldValue(text) || text.isEmpty else { continue }
            report(path + [.key(key)], "the \(key) is no text that fits a header", text)
        }
        if let file = model.certificateAuthorities {
            required(file, at: path + ["ca"], "the file of certificates")
            if file.utf8.contains(0) || file.utf8.count > Self.longestValue {
                report(path + ["ca"], "\(quoted(file)) is no path", file)
            }
        }
    }

    private mutating func parameters(_ parameters: [RequestParameter], at path: [CrewProblem.PathElement]) {
        if parameters.count > Self.mostParameters {
            report(path, "\(parameters.count) are too many", hint: "at most \(Self.mostParameters)")
        }
        var seen: Set<String> = []
        for parameter in parameters {
            let place = path + [.key(parameter.name)]
            if !seen.insert(parameter.name.lowercased()).inserted {
                report(place, "\(quoted(parameter.name)) is given twice", parameter.name)
            }
            switch parameter.value {
            case .text(let text):
                if SecretNames.mayHoldKey(parameter.name) {
                    report(
                        place,
                        "the value of \(quoted(parameter.name)) stands in the crew",
                        hint: "write env:NAME; a key itself never stands in a crew"
                    )
                } else if !isFieldValue(text) {
                    report(
                        place,
                        "the value of \(quoted(parameter.name)) cannot be sent",
                        hint: "use printable ASCII characters, at most \(Self.longestValue)"
                    )
                }
            case .variable(let variable):
                guard !isVariable(variable) else { continue }
                report(
                    place,
                    "the value of \(quoted(parameter.name)) is not given by the name of an environment variable",
                    hint: "write env:NAME"
                )
            }
        }
    }

    private mutating func header(
        _ header: RequestParameter,
        of model: ModelDefinition,
        at path: [CrewProblem.PathElement]
    ) {
        let name = header.name.lowercased()
        let isToken =
            !name.isEmpty && name.utf8.count <= 128 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && !name.contains(where: "()<>@,;:\\\"/[]?={}".contains)
        if !isToken {
            report(path, "\(quoted(header.name)) is no name of a header", header.name)
        } else if let reason = RequestField.ownHeaders[name] {
            report(path, "the header \(quoted(header.name)) is not free: \(reason)", header.name)
        } else if name == "authorization", model.keyVariable != nil {
            report(path, "the key is given twice", hint: "give either `key`, or the whole header")
        }
    }

    private mutating func body(_ body: JSONObject, at path: [CrewProblem.PathElement]) {
        for (name, _) in body {
            if name.isEmpty { report(path, "a field without a name") }
            guard let reason = RequestField.ownFields[name] else { continue }
            report(path + [.key(name)], "the field \(quoted(name)) is not free: \(reason)", name)
        }
        let size = JSONValue.object(body).jsonBytes.count
        if size > Self.largestBody {
            report(path, "the fields take \(size) bytes", hint: "at most \(Self.largestBody) as JSON")
        }
    }

    private mutating func query(of url: String, at path: [CrewProblem.PathElement]) {
        guard let mark = url.firstIndex(of: "?") else { return }
        for pair in url[mark...].dropFirst().split(separator: "&") {
            let name = String(pair.prefix { $0 != "=" })
            guard SecretNames.mayHoldKey(name) else { continue }
            report(
                path,
                "the endpoint holds a value of \(quoted(name))",
                hint: "write query: {\(name): env:NAME}; a key itself never stands in a crew"
            )
        }
    }

    private func isFieldValue(_ text: String) -> Bool {
        text.utf8.count <= Self.longestValue && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// The parts of a request that are the engine's own.
enum RequestField {
    private static let written = "the engine writes it"

    /// Header fields, in lower case, with the reason for which each is not free.
    static let ownHeaders: [String: String] = [
        "content-type": written, "content-length": written, "transfer-encoding": written, "host": written,
        "connection": written, "accept": written, "accept-encoding": "answers are read as they are, uncompressed",
        "expect": written, "te": written, "trailer": written, "upgrade": written, "keep-alive": written,
        "openai-organization": "write `organization` of the model", "openai-project": "write `project` of the model",
        "proxy-authorization": "it belongs into the proxy's URL in the environment",
    ]

    /// Fields of the body, with the reason for which each is not free.
    static let ownFields: [String: String] = [
        "model": "write `model` of the model", "messages": written, "prompt": written, "input": written,
        "stream": written, "stream_options": written, "tools": "an agent's `tools` are sent",
        "tool_choice": written, "parallel_tool_calls": written, "functions": "an agent's `tools` are sent",
        "function_call": written, "response_format": "a task's `output` is sent",
        "max_tokens": "write `max_output`", "max_completion_tokens": "write `max_output`",
        "max_output_tokens": "write `max_output`", "max_new_tokens": "write `max_output`",
        "n_predict": "write `max_output`", "num_predict": "write `max_output`",
        "temperature": "write `temperature` of the model", "top_p": "write `top_p` of the model",
        "seed": "write `seed` of the model", "reasoning_effort": "write `reasoning_effort` of the model",
        "n": "one answer is read, and all are billed", "best_of": "one answer is read, and all are billed",
    ]
}

/// Names under which keys are sent.
enum SecretNames {
    private static let names: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "key", "token", "sig", "signature", "code", "password",
    ]
    private static let words = ["api-key", "apikey", "api_key", "subscription-key", "auth-token", "access-token"]
    private static let more = ["access_token", "auth_token", "secret", "-authorization"]

    /// Whether what is sent under the name is most likely a key.
    static func mayHoldKey(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || words.contains(where: name.contains) || more.contains(where: name.contains)
    }
}
