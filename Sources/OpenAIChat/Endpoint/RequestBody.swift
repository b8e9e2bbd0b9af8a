package import ChatModel

/// The body of a chat-completions request.
///
/// Messages, tools and schemas were written when they were made; here they are only copied into one buffer.
///
/// - Parameters:
///   - request: What to ask. Its `responseFormat` is sent as it stands; its dialect says what else may be sent.
///   - stream: Whether the answer is to be streamed.
package func requestBody(for request: ChatRequest, stream: Bool) -> [UInt8] {
    var size =
        request.conversation.encoded.count + request.tools.encoded.count + request.extraFields.encoded.count + 512
    if case .jsonSchema(_, let schema) = request.responseFormat { size += schema.bytes.count }
    var writer = JSONWriter(reserving: size)
    writer.raw("{\"model\":")
    writer.string(request.model)
    writer.raw(",\"messages\":[")
    writer.raw(request.conversation.encoded)
    writer.raw("]")
    writer.tools(of: request)
    writer.responseFormat(request.responseFormat)
    writer.limitAndSampling(of: request)
    if stream {
        writer.raw(",\"stream\":true")
        if request.dialect.streamUsage { writer.raw(",\"stream_options\":{\"include_usage\":true}") }
    }
    writer.raw(request.extraFields.encoded)
    writer.raw("}")
    return writer.bytes
}

extension JSONWriter {
    fileprivate mutating func tools(of request: ChatRequest) {
        guard !request.tools.encoded.isEmpty else { return }
        raw(",\"tools\":")
        raw(request.tools.encoded)
        switch request.toolChoice {
        case .automatic: break
        case .none: raw(",\"tool_choice\":\"none\"")
        case .tool(let name):
            raw(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":")
            string(name)
            raw("}}")
            // The one forced call is the answer; a second would have no meaning.
            if request.dialect.parallelToolCalls { raw(",\"parallel_tool_calls\":false") }
        }
    }

    fileprivate mutating func responseFormat(_ format: ResponseFormat) {
        switch format {
        case .text: break
        case .jsonObject: raw(",\"response_format\":{\"type\":\"json_object\"}")
        case .jsonSchema(let name, let schema):
            raw(",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":")
            string(name)
            raw(",\"strict\":true,\"schema\":")
            raw(schema.bytes)
            raw("}}")
        }
    }

    fileprivate mutating func limitAndSampling(of request: ChatRequest) {
        switch request.dialect.outputLimitField {
        case .maxTokens: raw(",\"max_tokens\":")
        case .maxCompletionTokens: raw(",\"max_completion_tokens\":")
        }
        integer(Int64(request.maximumOutput))
        if request.dialect.sampling {
            if let temperature = request.sampling.temperature {
                raw(",\"temperature\":")
                number(temperature)
            }
            if let topP = request.sampling.topP {
                raw(",\"top_p\":")
                number(topP)
            }
        }
        if request.dialect.seed, let seed = request.sampling.seed {
            raw(",\"seed\":")
            integer(seed)
        }
        if request.dialect.reasoningEffort, let effort = request.sampling.reasoningEffort {
            raw(",\"reasoning_effort\":")
            string(effort)
        }
    }
}
