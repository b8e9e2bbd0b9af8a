import ChatModel

extension ModelDefinition: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, model, baseURL, keyVariable, sampling, maximumOutput, price, cache, requestsPerMinute,
            tokensPerMinute
        case fallback, timeout, firstByteTimeout, idleTimeout, maximumAttempts, patience, awaitsStart,
            concurrentRequests
        case headers, query, body, certificateAuthorities, organization, project
        case structuredOutput, streams, systemRole
    }

    /// Reads a definition as it is recorded; what runs of earlier versions did not record has its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func optional<Value: Decodable>(_ key: CodingKeys, _ type: Value.Type = Value.self) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        var model = ModelDefinition(
            name: try container.decode(String.self, forKey: .name),
            model: try container.decode(String.self, forKey: .model)
        )
        model.baseURL = try optional(.baseURL)
        model.keyVariable = try optional(.keyVariable)
        model.sampling = try container.decode(SamplingOptions.self, forKey: .sampling)
        model.maximumOutput = try container.decode(Int.self, forKey: .maximumOutput)
        model.price = try optional(.price)
        model.cache = try container.decode(CachePolicy.self, forKey: .cache)
        model.requestsPerMinute = try optional(.requestsPerMinute)
        model.tokensPerMinute = try optional(.tokensPerMinute)
        model.fallback = try optional(.fallback)
        model.timeout = try container.decode(Int.self, forKey: .timeout)
        model.firstByteTimeout = try container.decode(Int.self, forKey: .firstByteTimeout)
        model.idleTimeout = try optional(.idleTimeout) ?? model.idleTimeout
        model.maximumAttempts = try optional(.maximumAttempts) ?? model.maximumAttempts
        model.patience = try optional(.patience) ?? model.patience
        model.awaitsStart = try optional(.awaitsStart) ?? false
        model.concurrentRequests = try optional(.concurrentRequests)
        model.headers = try optional(.headers) ?? []
        model.query = try optional(.query) ?? []
        model.body = try optional(.body, JSONValue.self)?.objectValue ?? [:]
        model.certificateAuthorities = try optional(.certificateAuthorities)
        model.organization = try optional(.organization)
        model.project = try optional(.project)
        model.structuredOutput = try optional(.structuredOutput)
        model.streams = try optional(.streams) ?? true
        model.systemRole = try optional(.systemRole)
        self = model
    }

    /// Records the definition; what is empty is left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(model, forKey: .model)
        try container.encodeIfPresent(baseURL, forKey: .baseURL)
        try container.encodeIfPresent(keyVariable, forKey: .keyVariable)
        try container.encode(sampling, forKey: .sampling)
        try container.encode(maximumOutput, forKey: .maximumOutput)
        try container.encodeIfPresent(price, forKey: .price)
        try container.encode(cache, forKey: .cache)
        try container.encodeIfPresent(requestsPerMinute, forKey: .requestsPerMinute)
        try container.encodeIfPresent(tokensPerMinute, forKey: .tokensPerMinute)
        try container.encodeIfPresent(fallback, forKey: .fallback)
        try container.encode(timeout, forKey: .timeout)
        try container.encode(firstByteTimeout, forKey: .firstByteTimeout)
        try container.encode(idleTimeout, forKey: .idleTimeout)
        try container.encode(maximumAttempts, forKey: .maximumAttempts)
        try container.encode(patience, forKey: .patience)
        if awaitsStart { try container.encode(awaitsStart, forKey: .awaitsStart) }
        try container.encodeIfPresent(concurrentRequests, forKey: .concurrentRequests)
        if !headers.isEmpty { try container.encode(headers, forKey: .headers) }
        if !query.isEmpty { try container.encode(query, forKey: .query) }
        if !body.isEmpty { try container.encode(JSONValue.object(body), forKey: .body) }
        try container.encodeIfPresent(certificateAuthorities, forKey: .certificateAuthorities)
        try container.encodeIfPresent(organization, forKey: .organization)
        try container.encodeIfPresent(project, forKey: .project)
        try container.encodeIfPresent(structuredOutput, forKey: .structuredOutput)
        if !streams { try container.encode(streams, forKey: .streams) }
        try container.encodeIfPresent(systemRole, forKey: .systemRole)
    }
}
