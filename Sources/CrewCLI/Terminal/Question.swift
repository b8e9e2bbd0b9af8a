import CrewKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A question to the person at the terminal.
enum Question {
    /// Asks for a yes; anything else, and the end of the input, is a no.
    ///
    /// - Parameters:
    ///   - question: The question, without the choices.
    ///   - option: What says yes on the command line.
    /// - Throws: Wrong usage where nobody is there to be asked.
    static func agree(_ question: String, otherwise option: String) throws -> Bool {
        guard isatty(0) == 1, StandardStream.diagnostics.isTerminal else {
            throw CommandFailure.usage("there is no terminal to ask on: \(question) \(option) says yes.")
        }
        try StandardStream.diagnostics.write("\(question) [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
