import ArgumentParser
import CrewKit
import CrewReport

/// `crew check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a crew file without running it.",
        discussion: """
            Prints every problem as file:line:column with the line, the place in it, and the nearest valid spelling; \
            then what the file grants its crew that needs your consent before it is run, and whether you have given it. \
            Exit codes: 0 the crew is in order, 2 it is not. A key that is not set here is noted.

            Examples:
              crew check crew.yaml
              crew check Crews/quickstart
            """
    )

    @OptionGroup var crewFile: CrewFileArgument

    @Option(help: ArgumentHelp("What to print on standard output.", valueName: "text|json"))
    var output: Format = .text

    /// What goes to standard output.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let file = try crewFile.loadReady()
            let person = try Consent()
            for warning in file.warnings { warning.tell() }
            if !person.settings.trustsPrices { for warning in file.lowPrices { warning.tell() } }
            let list = GrantList(file, crew: file.crew, environment: Environment.process)
            let isGiven = try person.isGiven(to: list)
            switch output {
            case .text:
                let lines =
                    Self.tree(file).map { PrintableText.line($0) } + Self.grants(list, isGiven: isGiven)
                try StandardStream.output.write(lines.joined(separator: "\n") + "\n")
            case .json:
                let text = Self.object(file, list, isGiven: isGiven).text
                try StandardStream.output.write(PrintableText.json(text) + "\n")
            }
            for key in try Self.missingKeys(file.crew) {
                StandardStream.diagnostics.say(PrintableText.line("note: before it can be run, \(key)"))
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// What is said of models whose keys are not set here; a file can be in order all the same.
    private static func missingKeys(_ crew: Crew) throws -> [String] {
        let models = try OpenAIModels()
        return try models.resolve(crew).qualifiedModels.compactMap { definition in
            do throws(CrewError) {
                _ = try models.model(for: definition)
                return nil
            } catch {
                return error.code == .credentials ? error.message : nil
            }
        }
    }

    /// What the person has to agree to; nothing where that is nothing.
    private static func grants(_ list: GrantList, isGiven: Bool) -> [String] {
        guard !list.grants.isEmpty else { return [] }
        let consent = isGiven ? "you have agreed" : "it needs your consent before it is run"
        let heading = "grants (\(consent); fingerprint \(list.grants.fingerprint)):"
        return ([heading] + list.lines).map { PrintableText.line($0) }
    }

    private static func object(_ file: CrewFile, _ list: GrantList, isGiven: Bool) -> JSONFields {
        var fields = JSONFields()
        fields.add("file", file.path)
        fields.add("crew", file.crew.name)
        fields.add("members", members(of: file))
        fields.add("status", "ok")
        fields.add("warnings", .array((file.warnings + file.lowPrices).map { .string($0.message) }))
        fields.add("grants", list.objects)
        fields.add("fingerprint", list.grants.fingerprint)
        fields.add("consent", list.grants.isEmpty ? "not_needed" : isGiven ? "given" : "needed")
        return fields
    }

    /// The crew and those within it, a line each.
    static func tree(_ file: CrewFile) -> [String] {
        file.crew.tree.map { node in
            guard let member = node.member else { return summary(node.crew) }
            let source = member.file == nil ? "" : " (\(file.file(of: node.place + ["goal"])))"
            let indentation = String(repeating: "  ", count: node.path.count)
            return "\(indentation)\(member.name)\(source): \(content(of: node.crew, limits: member.bounds))"
        }
    }

    private static func members(of file: CrewFile) -> [JSONFields] {
        file.crew.tree.dropFirst().map { node in
            var fields = JSONFields()
            fields.add("path", node.path.joined(separator: "/"))
            fields.add("crew", node.crew.name)
            if node.member?.file != nil { fields.add("file", file.file(of: node.place + ["goal"])) }
            return fields
        }
    }

    /// One line on a crew that can run.
    static func summary(_ crew: Crew) -> String { "ok: \(crew.name): \(content(of: crew, limits: crew.limits))" }

    /// What a crew consists of, and what it may use.
    private static func content(of crew: Crew, limits: Limits) -> String {
        let agents = crew.agents.isEmpty && !crew.crews.isEmpty ? nil : Numbers.count(crew.agents.count, "agent")
        let parts = [
            agents, crew.crews.isEmpty ? nil : Numbers.count(crew.crews.count, "crew"),
            Numbers.count(crew.tasks.count, "task"), crew.process.name,
            bounds(limits) ?? "no limits",
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// Limits in words; `nil` where there are none.
    private static func bounds(_ limits: Limits) -> String? {
        let parts = [
            limits.money.map(\.description), limits.tokens.map { Numbers.count($0, "token") },
            limits.calls.map { Numbers.count($0, "call") }, limits.time.map(DurationText.text),
        ].compactMap(\.self)
        return parts.isEmpty ? nil : "at most " + parts.joined(separator: ", ")
    }
}
