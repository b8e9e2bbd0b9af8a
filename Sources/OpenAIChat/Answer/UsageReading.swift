internal import ChatModel

extension WireScanner {
    /// Reads a usage object; `nil` when it does not soundly count both input and output.
    ///
    /// A part that claims more than the whole is cut to it.
    mutating func usage() throws(WireSyntaxError) -> TokenUsage? {
        guard try peek() == UInt8(ascii: "{") else {
            try skip()
            return nil
        }
        var input: Int?
        var output: Int?
        var cached: Int?
        var reasoning: Int?
        try object { (scanner, key) throws(WireSyntaxError) in
            if key("prompt_tokens") {
                input = try scanner.count()
            } else if key("completion_tokens") {
                output = try scanner.count()
            } else if key("prompt_tokens_details") {
                cached = try scanner.detail("cached_tokens") ?? cached
            } else if key("completion_tokens_details") {
                reasoning = try scanner.detail("reasoning_tokens") ?? reasoning
            } else if key("prompt_cache_hit_tokens") {
                // DeepSeek's name.
                cached = try scanner.count() ?? cached
            } else {
                try scanner.skip()
            }
        }
        guard let input, let output else { return nil }
        return TokenUsage(
            input: input,
            cachedInput: min(cached ?? 0, input),
            output: output,
            reasoning: min(reasoning ?? 0, output)
        )
    }

    private mutating func detail(_ name: StaticString) throws(WireSyntaxError) -> Int? {
        guard try peek() == UInt8(ascii: "{") else {
            try skip()
            return nil
        }
        var value: Int?
        try object { (scanner, key) throws(WireSyntaxError) in
            if key(name) { value = try scanner.count() } else { try scanner.skip() }
        }
        return value
    }
}
