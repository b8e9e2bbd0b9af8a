import ChatModel

/// The form in which an answer is cached.
enum CachedResponse {
    /// Whether an answer may be given again: it is whole, and no refusal.
    static func isWorthKeeping(_ response: ChatResponse) -> Bool {
        switch response.finishReason {
        case .stop, .toolCalls: response.refusal == nil && !response.isCached
        case .length, .contentFilter: false
        }
    }

    static func encode(_ response: ChatResponse) -> [UInt8] {
        var members: JSONObject = [
            "text": .string(response.text),
            "finish_reason": .string(response.finishReason.rawValue),
        ]
        if !response.toolCalls.isEmpty {
            members["tool_calls"] = .array(
                response.toolCalls.map { call in
                    var members: JSONObject = [
                        "id": .string(call.id), "name": .string(call.name), "arguments": .string(call.arguments),
                    ]
                    members["opaque"] = call.opaque.map { .string($0.json) }
                    return .object(members)
                }
            )
        }
        members["opaque"] = response.opaque.map { .string($0.json) }
        if let usage = response.usage {
            members["usage"] = [
                "input": .integer(Int64(usage.input)),
                "cached_input": .integer(Int64(usage.cachedInput)),
                "cache_writes": .integer(Int64(usage.cacheWrites)),
                "output": .integer(Int64(usage.output)),
                "reasoning": .integer(Int64(usage.reasoning)),
            ]
        }
        return JSONValue.object(members).jsonBytes
    }

    /// Reads an answer; `nil` when the bytes are none, or none that would have been kept.
    static func decode(_ bytes: [UInt8]) -> ChatResponse? {
        guard let document = try? JSONValue(parsing: bytes), let text = document["text"]?.stringValue,
            let reason = document["finish_reason"]?.stringValue.flatMap(ChatResponse.FinishReason.init)
        else { return nil }
        var response = ChatResponse(text: text, finishReason: reason)
        for call in document["tool_calls"]?.arrayValue ?? [] {
            guard let id = call["id"]?.stringValue, let name = call["name"]?.stringValue,
                let arguments = call["arguments"]?.stringValue, !name.isEmpty, ToolCall.isSound(identifier: id),
                !response.toolCalls.contains(where: { $0.id == id })
            else { return nil }
            let opaque = opaqueFields(of: call)
            if opaque == nil, call["opaque"] != nil { return nil }
            response.toolCalls.append(ToolCall(id: id, name: name, arguments: arguments, opaque: opaque))
        }
        response.opaque = opaqueFields(of: document)
        if response.opaque == nil, document["opaque"] != nil { return nil }
        if let usage = document["usage"] {
            guard let input = usage["input"]?.integerValue, let cached = usage["cached_input"]?.integerValue,
                let output = usage["output"]?.integerValue, let reasoning = usage["reasoning"]?.integerValue
            else { return nil }
            response.usage = TokenUsage(
                input: Int(input),
                cachedInput: Int(cached),
                // What was kept before they were counted says nothing of them.
                cacheWrites: Int(usage["cache_writes"]?.integerValue ?? 0),
                output: Int(output),
                reasoning: Int(reasoning)
            )
        }
        // What lies on the disk is put to the test that it had to pass to get there.
        guard isWorthKeeping(response), (reason == .toolCalls) == !response.toolCalls.isEmpty,
            response.usage?.isConsistent ?? true
        else { return nil }
        response.isCached = true
        return response
    }

    /// The opaque fields of an answer or a call.
    private static func opaqueFields(of value: JSONValue) -> OpaqueFields? {
        value["opaque"]?.stringValue.flatMap(OpaqueFields.init(json:))
    }
}
