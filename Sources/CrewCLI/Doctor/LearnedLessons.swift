import CrewKit
import CrewReport

/// What earlier runs found out about endpoints, for people.
enum LearnedLessons {
    /// Forgets what is to be forgotten, or prints what is remembered.
    static func report(forgetting endpoint: String?, in directory: String) async throws {
        let file = CacheFile(directory: directory) { StandardStream.diagnostics.say(PrintableText.line($0)) }
        let memory = EndpointMemory(file)
        var text = ""
        if let endpoint {
            let known = file.exists
            let forgotten = await memory.forget(endpoint: endpoint == "all" ? nil : endpoint)
            await file.close()
            guard let count = forgotten ?? (known ? nil : 0) else {
                throw CommandFailure(
                    .failed,
                    code: "storage",
                    "what is remembered in \(file.path) could not be removed."
                )
            }
            guard count > 0 || endpoint == "all" else {
                throw CommandFailure.usage(
                    "nothing is remembered of \(endpoint); `crew doctor --learned` lists what is, and `--forget all` "
                        + "forgets everything."
                )
            }
            text = "Forgotten: \(Numbers.count(count, "model")).\n"
        } else {
            text = list(await memory.entries(), now: Timestamp.now)
            await file.close()
        }
        try StandardStream.output.write(text)
    }

    /// What is remembered in a store, line by line.
    static func list(_ entries: [EndpointMemory.Entry], now: Int64) -> String {
        guard !entries.isEmpty else { return "Nothing was found out about endpoints, or it was forgotten.\n" }
        var lines: [String] = []
        for entry in entries {
            lines.append(PrintableText.line("\(entry.model) at \(entry.endpoint)"))
            lines += entry.lessons.map { "  " + line($0, now: now) }
        }
        lines.append("")
        lines.append("Forgotten a week after it was last seen. `crew doctor --forget URL` forgets an endpoint now, and")
        lines.append("`crew doctor --forget all` everything; `structured_output` in the crew file pins a form.")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ lesson: EndpointKnowledge.Lesson, now: Int64) -> String {
        let what = lesson.form?.rawValue ?? words(lesson.feature)
        let how =
            switch lesson.evidence {
            case .refused, .content: "refused"
            case .ignored:
                lesson.counts
                    ? "not kept to in \(lesson.count) runs"
                    : "not kept to in \(Numbers.count(lesson.count, "run")): asked for again, until "
                        + "\(EndpointKnowledge.doubtsThatCount) runs saw it"
            }
        let minutes = max(0, now - lesson.learned) / 60_000
        let age =
            minutes < 60
            ? "\(minutes) min ago" : minutes < 2_880 ? "\(minutes / 60) h ago" : "\(minutes / 1_440) days ago"
        let quoted = lesson.words.isEmpty ? "" : ": \"\(lesson.words)\""
        return PrintableText.line("\(what): \(how), \(age)\(quoted)")
    }

    private static func words(_ feature: Dialect.Feature) -> String {
        switch feature {
        case .structuredOutput: "structured output"
        case .schemaKeywords: "all keywords of schemas"
        case .outputLimitField: "max_tokens"
        case .streamUsage: "stream_options"
        case .sampling: "temperature and top_p"
        case .parallelToolCalls: "parallel_tool_calls"
        case .seed: "seed"
        case .reasoningEffort: "reasoning_effort"
        case .formatWithTools: "response_format beside tools"
        case .toolChoice: "tool_choice \"none\""
        case .stream: "stream"
        case .opaqueFields: "its own fields back"
        case .toolCallIdentifiers: "identifiers of tool calls that are not of nine letters and digits"
        case .unsignedCalls: "other models' tool calls without a signature"
        case .unreasonedCalls: "other models' tool calls without reasoning_content"
        }
    }
}
