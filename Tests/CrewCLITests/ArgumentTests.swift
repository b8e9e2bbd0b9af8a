import ArgumentParser
import ChatModel
import CrewKit
import Foundation
import Testing

@testable import CrewCLI
@testable import CrewCore

/// What the command line understands.
struct ArgumentTests {
    @Test func runTakesLimitsAndInputs() throws {
        let command = try #require(
            try CrewCommand.parseAsRoot([
                "run", "crew.yaml", "--input", "topic=a=b", "--input", "count=3", "--budget", "0.50", "--limit-calls",
                "7",
                "--limit-tokens", "900", "--limit-time", "10m", "--output", "json", "--store", "s", "-q",
            ]) as? RunCommand
        )
        #expect(command.limits.limits == Limits(money: Money(dollars: "0.5"), tokens: 900, calls: 7, time: 600_000))
        #expect(command.output.output == .json)
        #expect(command.output.quiet)
        #expect(command.store.store == "s")
        var crew = SampleRun.crew
        crew.inputs = [CrewInput(name: "topic"), CrewInput(name: "count", type: .integer)]
        #expect(try command.input.values(for: crew) == ["topic": "a=b", "count": 3])
    }

    @Test(arguments: [
        ["run"], ["run", "a", "b"], ["run", "a", "--budget", "-1"], ["run", "a", "--budget", "1e3"],
        ["run", "a", "--limit-time", "10"], ["run", "a", "--limit-time", "99999999999999999h"],
        ["run", "a", "--limit-calls", "0"], ["run", "a", "--output", "xml"], ["nonsense"],
        ["resume", "last", "--unknown-tools", "guess"], ["runs", "--limit", "0"],
    ])
    func wrongUsageIsAnError(arguments: [String]) {
        #expect(throws: (any Error).self) { try CrewCommand.parseAsRoot(arguments) }
    }

    @Test(arguments: [["nonsense"], ["run"], ["run", "a", "--budget", "x"]])
    func wrongUsageEndsWithTwo(arguments: [String]) async {
        #expect(await CrewProgram.run(arguments) == 2)
    }

    @Test(arguments: [
        (["run", "a", "--budget", "1e3"], "as in --budget 0.50"),
        (["run", "a", "--budget", "-1"], "--budget -1: it cannot be negative; write US dollars, as in --budget 0.50"),
        (["run", "a", "--budget", "-$0.50"], "--budget -$0.50: it cannot be negative"),
        (["run", "a", "--limit-tokens", "-5"], "--limit-tokens -5: it cannot be negative; write a whole number"),
        (["budget", "set", "project", "-1"], "-1: it cannot be negative"),
        (["budget", "set", "project", "--calls", "-1"], "--calls -1: it cannot be negative"),
        (["run", "a", "--limit-instructions", "many"], "as in --limit-instructions 40"),
        (["run", "a", "--limit-time", "10"], "as in --limit-time 10m"),
        (["run", "a", "--limit-calls", "99999999999999999999"], "as in --limit-calls 40"),
        (["rnu", "a"], "crew: error: there is no command \"rnu\"; did you mean \"run\"?"),
    ])
    func wrongUsageSaysWhatIsRight(arguments: [String], advice: String) throws {
        let error = #expect(throws: (any Error).self) { try CrewCommand.parseAsRoot(arguments) }
        let message = UsageMessage.improved(CrewCommand.fullMessage(for: try #require(error)), arguments)
        #expect(message.contains(advice), "\(message)")
    }

    @Test(arguments: ["topic", "=x", "tpoic=x", "count=three"])
    func wrongInputIsNamed(pair: String) throws {
        let option = try InputOption.parse(["--input", pair])
        var crew = SampleRun.crew
        crew.inputs = [CrewInput(name: "topic"), CrewInput(name: "count", type: .integer)]
        let failure = #expect(throws: CommandFailure.self) { try option.values(for: crew) }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains("--input \(pair)") == true)
    }

    @Test func inputsComeFromFilesAndAsJSONToo() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            return folder.path + "/" + name
        }
        let text = try file("topic.txt", "two\nlines\n")
        let all = try file("all.yaml", "topic: from the file\ncount: 7\n")
        var crew = SampleRun.crew
        crew.inputs = [CrewInput(name: "topic"), CrewInput(name: "count", type: .integer)]
        func values(_ arguments: String...) throws -> [String: JSONValue] {
            try InputOption.parse(arguments).given(for: crew)
        }
        let nothing = #expect(throws: CommandFailure.self) { try InputOption.parse([]).values(for: crew) }
        #expect(nothing?.message.contains("--input topic=…") == true && nothing?.message.contains("count=…") == true)
        #expect(try values("--input", "topic=@\(text)") == ["topic": "two\nlines"])
        #expect(try values("--input", "topic=@@home") == ["topic": "@home"])
        #expect(try values("--input", #"topic:="a\nb""#, "--input", "count:=3") == ["topic": "a\nb", "count": 3])
        #expect(try values("--input", "topic=a:=b") == ["topic": "a:=b"])
        #expect(try values("--inputs", all) == ["topic": "from the file", "count": 7])
        #expect(try values("--inputs", all, "--input", "topic=other") == ["topic": "other", "count": 7])
        #expect(try values("--input", "count=@\(try file("n", "12\n"))") == ["count": 12])

        let wide = folder.path + "/wide.txt"
        try Data([0xFF, 0xFE, 0x41, 0]).write(to: folder.appendingPathComponent("wide.txt"))
        let large = try file("large.txt", String(repeating: "x", count: 1 << 20) + "yz")
        for (pair, reason) in [
            ("topic=@\(folder.path)/none", "No such file"), ("topic=@\(folder.path)", "a folder"),
            ("topic=@/dev/null", "not a regular file"), ("topic=@\(wide)", "is not UTF-8"),
            ("topic=@\(large)", "larger than a mebibyte"), ("topic=@", "name a file after the @"),
            ("topic:=tides", "is no JSON"), ("topic:=3", "must be a text, not 3"), ("count:=1.5", "a whole number"),
            ("count=@\(text)", "must be a whole number"), (":=3", "write name=value"),
        ] {
            let failure = #expect(throws: CommandFailure.self) { try values("--input", pair) }
            #expect(
                failure?.status == .usage && failure?.message.contains(reason) == true,
                "\(pair): \(failure?.message ?? "")"
            )
        }
        let broken = try file("broken.yaml", "tpoic: 1\n")
        let failure = #expect(throws: CommandFailure.self) { try values("--inputs", broken) }
        #expect(
            failure?.lines.hasPrefix("\(broken):1:1: error: the crew has no input") == true,
            "\(failure?.lines ?? "")"
        )
    }

    @Test func aModelOfTheCrewTakesThePlaceOfTheDefault() {
        var crew = SampleRun.crew
        crew.models[0].price = .free
        crew.models.append(ModelDefinition(name: "local", model: "smollm2", baseURL: "http://127.0.0.1:2/v1"))
        var chosen = crew
        chosen.useModel("local")
        #expect(chosen.model("default")?.model == "smollm2")
        #expect(chosen.model("default")?.baseURL == "http://127.0.0.1:2/v1")
        chosen = crew
        chosen.useModel("gpt-5")
        #expect(chosen.model("default")?.model == "gpt-5")
        #expect(chosen.model("default")?.baseURL == crew.model("default")?.baseURL)
        #expect(chosen.model("default")?.price == nil)
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish])
    func completionsAreWritten(shell: CompletionShell) {
        let script = CrewCommand.completionScript(for: shell)
        #expect(script.contains("resume"))
        #expect(script.contains("yaml"))
    }
}
