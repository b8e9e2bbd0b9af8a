import ArgumentParser
import CrewReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program `crew`.
public enum CrewProgram {
    /// Does what the process's arguments say and ends the process.
    public static func main() async -> Never {
        // A reader that goes away, as `head` does, must not end the run.
        signal(SIGPIPE, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Does what the arguments say.
    ///
    /// - Returns: The exit code.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try await CrewCommand.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ProgramStatus.finished.rawValue
        } catch {
            let code = CrewCommand.exitCode(for: error)
            let message = CrewCommand.fullMessage(for: error)
            if !message.isEmpty {
                let stream = code == .success ? StandardStream.output : StandardStream.diagnostics
                let text = code == .success ? message : PrintableText.lines(UsageMessage.improved(message, arguments))
                stream.say(text)
            }
            // ArgumentParser's own code for wrong usage is that of sysexits.h.
            return code == .validationFailure ? ProgramStatus.usage.rawValue : code.rawValue
        }
    }
}
