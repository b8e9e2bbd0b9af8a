import ArgumentParser
import CrewKit
import CrewReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether the person agrees to what a file grants.
struct ConsentOption: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Allow, this time, what the crew file grants and what needs your consent, as `crew check` shows it: "
                + "variables and texts to hosts that are not known, hosts of the web, folders outside its own."
        )
    )
    var allow = false
}

/// What the person has agreed to, and how they are asked.
struct Consent {
    /// The person's settings.
    let settings: PersonalSettings
    private let settingsPath: String?
    private let records: ConsentRecords?
    private let terminal: Terminal

    /// How the person can be asked.
    struct Terminal {
        /// Whether somebody is there to read a question and to answer it.
        var isThere: Bool
        /// Reads a line; `nil` at the end of what is typed.
        var read: () -> String?

        /// The process's own.
        static var process: Terminal {
            Terminal(isThere: isatty(0) == 1 && StandardStream.diagnostics.isTerminal, read: { readLine() })
        }
    }

    /// Reads the settings of the person whose environment it is.
    init(environment: [String: String] = Environment.process, terminal: Terminal = .process) throws {
        self.terminal = terminal
        settingsPath = PersonalSettings.path(environment: environment)
        settings = try settingsPath.map { path in try PersonalSettings.load(path: path) } ?? PersonalSettings()
        records = StateFolder(environment: environment).map { ConsentRecords(in: $0) }
    }

    /// Whether nothing is granted that needs consent, or it was given before.
    func isGiven(to list: GrantList) throws -> Bool {
        if list.grants.isEmpty || settings.allowed.contains(list.grants.fingerprint) { return true }
        return try records?.holds(list.grants, of: list.file) ?? false
    }

    /// Sees to it that the person agrees: given before, by the command line, or now on the terminal.
    ///
    /// - Throws: `CommandFailure` with what is granted and what to do, when they do not.
    func require(_ list: GrantList, allowed: Bool, _ interruption: Interruption? = nil) throws {
        if allowed { return }
        if try isGiven(to: list) { return }
        guard terminal.isThere, ask(list, interruption) else { throw refusal(list) }
        do {
            try records?.remember(list.grants, of: list.file)
        } catch {
            StandardStream.diagnostics.say(PrintableText.line("note: this cannot be remembered: \(error.message)"))
        }
    }

    private func ask(_ list: GrantList, _ interruption: Interruption?) -> Bool {
        interruption?.onRequest { _exit(ProgramStatus.interrupted.rawValue) }
        defer { interruption?.onRequest {} }
        // Line by line: a name with a line break in it must not look like another grant.
        for line in ["This crew is granted:"] + list.lines {
            StandardStream.diagnostics.say(PrintableText.line(line))
        }
        try? StandardStream.diagnostics.write("Do you agree? You are asked again only when it changes. [y/N] ")
        return ["y", "yes"].contains(terminal.read()?.lowercased() ?? "")
    }

    private func refusal(_ list: GrantList) -> CommandFailure {
        let settings = settingsPath.map { ", or for good by this line in \($0):" } ?? ", or by a line in your settings:"
        let lines =
            ["the crew is granted what needs your consent:"] + list.lines
            + [
                "Look at it, and if you agree, say so with --allow\(settings)",
                "  allow: [\(list.grants.fingerprint)]",
            ]
        return CommandFailure(.usage, code: "consent_needed", lines.joined(separator: "\n"))
    }
}
