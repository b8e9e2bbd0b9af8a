import CrewKit

/// How what is said to people looks, by what they asked for and what the terminal can do.
struct Appearance: Sendable, Hashable {
    /// Whether colours are used.
    var hasColor: Bool
    /// Whether the lower part of the terminal is redrawn while a run goes on.
    var isLive: Bool
    /// Whether the terminal breaks lines anew when it is made narrower, as most do.
    var reflows: Bool

    /// Decides.
    ///
    /// - Parameters:
    ///   - environment: `NO_COLOR` (https://no-color.org), `CLICOLOR_FORCE` and `TERM` count.
    ///   - isTerminal: Whether standard error is one.
    ///   - colorIsRefused: Whether `--no-color` was given.
    init(environment: [String: String], isTerminal: Bool, colorIsRefused: Bool) {
        let isAble = isTerminal && environment["TERM"] != "dumb" && environment["TERM"] != nil
        let isForced = environment["CLICOLOR_FORCE"].map { $0 != "0" && !$0.isEmpty } ?? false
        let isRefused = colorIsRefused || environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        hasColor = !isRefused && (isAble || isForced)
        isLive = isAble
        // The console, screen and xterm cut lines off instead.
        let isScreen = environment["STY"]?.isEmpty == false
        reflows = environment["TERM"] != "linux" && !isScreen && environment["XTERM_VERSION"] == nil
    }

    /// The appearance on this process's standard error.
    static func here(colorIsRefused: Bool) -> Appearance {
        Appearance(
            environment: Environment.process,
            isTerminal: StandardStream.diagnostics.isTerminal,
            colorIsRefused: colorIsRefused
        )
    }
}
