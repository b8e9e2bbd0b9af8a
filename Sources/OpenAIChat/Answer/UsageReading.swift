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
        var written: Int?
        var reasoning: Int?
        try object { (scanner, key) throws(WireSyntaxError) in
            if key("prompt_tokens") {
                input = try scanner.count()
            } else if key("completion_tokens") {
                output = try scanner.count()
            } else if key("prompt_tokens_details") {
                let details = try scanner.details("cached_tokens", "cache_write_tokens")
                (cached, written) = (details.0 ?? cached, details.1 ?? written)
            } else if key("completion_tokens_details") {
                reasoning = try scanner.details("reasoning_tokens").0 ?? reasoning
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
            cacheWrites: min(written ?? 0, input - min(cached ?? 0, input)),
            output: output,
            reasoning: min(reasoning ?? 0, output)
        )
    }

    private mutating func details(
        _ first: StaticString,
        _ second: StaticString? = nil
    ) throws(WireSyntaxError) -> (Int?, Int?) {
        guard try peek() == UInt8(ascii: "{") else {
            try skip()
            return (nil, nil)
        }
        var values: (Int?, Int?)
        try object { (scanner, key) throws(WireSyntaxError) in
            if key(first) {
                values.0 = try scanner.count()
            } else if let second, key(second) {
                values.1 = try scanner.count()
            } else {
                try scanner.skip()
            }
        }
        return values
    }
}
