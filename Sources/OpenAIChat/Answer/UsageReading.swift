internal import ChatModel

/// What a usage object says.
struct UsageReport: Hashable {
    /// The tokens; `nil` where they are not counted, or contradict each other.
    var usage: TokenUsage?
    /// What the provider says that it charges.
    var cost: Money?
    /// Whether input and output are counted at all, soundly or not.
    var isCount = false
}

extension WireScanner {
    /// Reads a usage object.
    ///
    /// What was generated is the larger of what is counted as completion and of what is in the total beyond the prompt:
    /// xAI counts reasoning beside the completion, Gemini's thoughts stand in the total alone. Where there is no total,
    /// more reasoning than completion can only stand beside it.
    mutating func usageReport() throws(WireSyntaxError) -> UsageReport {
        var report = UsageReport()
        guard try peek() == UInt8(ascii: "{") else {
            try skip()
            return report
        }
        var counts = UsageCounts()
        try object { (scanner, key) throws(WireSyntaxError) in
            if key("prompt_tokens") {
                counts.prompt = try scanner.quantity()
            } else if key("completion_tokens") {
                counts.completion = try scanner.quantity()
            } else if key("total_tokens") {
                counts.total = try scanner.quantity()
            } else if key("prompt_tokens_details") {
                try scanner.details { (scanner, key) throws(WireSyntaxError) in
                    if key("cached_tokens") {
                        counts.cached = try scanner.quantity()
                    } else if key("cache_write_tokens") || key("cache_creation_tokens") {
                        counts.written = try scanner.quantity()
                    } else {
                        try scanner.skip()
                    }
                }
            } else if key("completion_tokens_details") {
                try scanner.details { (scanner, key) throws(WireSyntaxError) in
                    if key("reasoning_tokens") {
                        counts.reasoning = try scanner.quantity()
                    } else {
                        try scanner.skip()
                    }
                }
            } else if key("reasoning_tokens") {
                if case .absent = counts.reasoning {
                    counts.reasoning = try scanner.quantity()
                } else {
                    try scanner.skip()
                }
            } else if key("prompt_cache_hit_tokens") {
                // DeepSeek's name.
                counts.cached = try scanner.quantity()
            } else if key("cache_read_input_tokens") {
                // Anthropic's names, which LiteLLM leaves beside its own.
                counts.cachedBeside = try scanner.quantity()
            } else if key("cache_creation_input_tokens") {
                counts.writtenBeside = try scanner.quantity()
            } else if key("cost") {
                // OpenRouter's, in dollars.
                report.cost = try Money(wire: scanner.raw(), decimalPlaces: 0) ?? report.cost
            } else if key("cost_in_usd_ticks") {
                // xAI's, in units of 10⁻¹⁰ dollars.
                report.cost = try Money(wire: scanner.raw(), decimalPlaces: 10) ?? report.cost
            } else {
                try scanner.skip()
            }
        }
        report.isCount = counts.areThere
        report.usage = counts.usage
        return report
    }

    private mutating func details(
        _ member: (inout WireScanner, WireKey) throws(WireSyntaxError) -> Void
    ) throws(WireSyntaxError) {
        guard try peek() == UInt8(ascii: "{") else { return try skip() }
        try object(member)
    }

    /// Reads a value that is meant to be a count.
    private mutating func quantity() throws(WireSyntaxError) -> UsageCounts.Quantity {
        if try null() { return .absent }
        return try count().map { .known($0) } ?? .unsound
    }
}

/// The counts of a usage object as they stand there.
private struct UsageCounts {
    enum Quantity {
        case absent
        /// Something stands there that is no count.
        case unsound
        case known(Int)
    }

    var prompt = Quantity.absent
    var completion = Quantity.absent
    var total = Quantity.absent
    var cached = Quantity.absent
    var written = Quantity.absent
    /// The same outside of the details.
    var cachedBeside = Quantity.absent
    var writtenBeside = Quantity.absent
    var reasoning = Quantity.absent

    /// Whether input and output are spoken of.
    var areThere: Bool {
        if case .absent = prompt { return false }
        if case .absent = completion { return false }
        return true
    }

    /// The counts; `nil` when there are none, or when they contradict each other.
    var usage: TokenUsage? {
        guard case .known(let prompt) = prompt, case .known(let completion) = completion,
            let total = optional(total), let reasoning = optional(reasoning),
            let cached = optional(cached, or: cachedBeside), let written = optional(written, or: writtenBeside)
        else { return nil }
        var generated = completion
        if let total {
            // Both are below 10¹⁵, as all counts that are read.
            guard total >= prompt + completion else { return nil }
            generated = total - prompt
        } else if let reasoning, reasoning > completion {
            generated = completion + reasoning
        }
        let usage = TokenUsage(
            input: prompt,
            cachedInput: cached ?? 0,
            cacheWrites: written ?? 0,
            output: generated,
            reasoning: reasoning ?? 0
        )
        return usage.isConsistent ? usage : nil
    }

    /// A count that stands in the details, or else beside them.
    private func optional(_ quantity: Quantity, or other: Quantity) -> Int?? {
        if case .absent = quantity { return optional(other) }
        return optional(quantity)
    }

    /// A count that may be missing; `nil` when it is there and none.
    private func optional(_ quantity: Quantity) -> Int?? {
        switch quantity {
        case .absent: .some(nil)
        case .known(let count): .some(count)
        case .unsound: nil
        }
    }
}
