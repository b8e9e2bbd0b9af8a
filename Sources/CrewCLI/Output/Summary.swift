import CrewKit

/// The last words on a run: how it ended, what it took, and what can be done about it.
enum Summary {
    /// The lines for standard error.
    ///
    /// - Parameters:
    ///   - result: What came of the run.
    ///   - store: The value of `--store`, when one was given, so that the next command finds the run.
    static func lines(_ result: RunResult, store: String?) -> [StyledLine] {
        var line = StyledLine(result.status.rawValue, style(result.status))
        var parts = [
            Numbers.money(result.cost), Numbers.count(result.calls, "call"),
            Numbers.count(result.usage.total, "token"), Numbers.duration(result.duration), "run \(result.run)",
        ]
        if result.uncertainCost > .zero {
            parts[0] += " (+ up to \(Numbers.money(result.uncertainCost)) for calls whose answers were lost)"
        }
        line.append(" · " + parts.joined(separator: " · "))
        var lines = [line]
        guard result.status != .finished else { return lines }
        if let message = result.message, !message.isEmpty {
            lines.append(labelled("why", message + (result.code.map { " (\($0))" } ?? "")))
        }
        if !result.missing.isEmpty { lines.append(labelled("missing", result.missing.joined(separator: ", "))) }
        if let command = command(result, store) { lines.append(labelled("next", command)) }
        return lines
    }

    /// The command that brings the run on.
    static func command(_ result: RunResult, _ store: String?) -> String? {
        let location = store.map { " --store \(quoted($0))" } ?? ""
        let resume = "crew resume \(result.run)"
        switch result.status {
        case .finished: return nil
        case .waiting: return "\(resume) --unknown-tools retry\(location)  (or skip)"
        case .interrupted, .running, .failed: return resume + location
        case .limited:
            switch result.code {
            case "limit_money": return "\(resume) --budget USD\(location)  (a larger one)"
            case "limit_tokens": return "\(resume) --limit-tokens N\(location)  (more)"
            case "limit_calls": return "\(resume) --limit-calls N\(location)  (more)"
            case "limit_time": return "\(resume) --limit-time TIME\(location)  (more)"
            default: return "crew show \(result.run)\(location)"
            }
        }
    }

    private static func labelled(_ label: String, _ text: String) -> StyledLine {
        var line = StyledLine("  \(label): ", .faint)
        line.append(text)
        return line
    }

    private static func style(_ status: RunStatus) -> StyledLine.Style {
        switch status {
        case .finished: .good
        case .failed: .bad
        default: .odd
        }
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            byte >= 0x80 || UInt8(ascii: "a") <= byte && byte <= UInt8(ascii: "z")
                || UInt8(ascii: "A") <= byte && byte <= UInt8(ascii: "Z")
                || UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") || "/._-+=:,@%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
