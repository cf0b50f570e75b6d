// The page's colours and type, read from Streamlit's CSS variables, as a Plotly template.

let loading, styling;

/** Plotly itself, loaded once for all stages of the page. */
export function plotly(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${address}/plotly.min.js`;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = undefined;
      reject(new Error("Plotly could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

/** The style sheet, loaded once; resolves when it is in force. */
export function styles(address) {
  styling ??= new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${address}/stage.css` });
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return styling;
}

/** What every figure looks like here and now: call again when the theme has changed. */
export function template(element) {
  const style = getComputedStyle(element);
  const text = style.color;
  const line = text.replace("rgb(", "rgba(").replace(")", ", 0.18)"); // Plotly knows no color-mix()
  const size = parseFloat(style.fontSize);
  const axis = {
    gridcolor: line,
    linecolor: line,
    zerolinecolor: line,
    tickcolor: line,
    automargin: true,
    title: { standoff: 6, font: { size } },
  };
  return {
    layout: {
      font: { family: style.fontFamily, size, color: text },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 48, r: 12, t: 8, b: 36 },
      hoverlabel: {
        bgcolor: style.getPropertyValue("--st-background-color").trim(),
        bordercolor: line,
        font: { color: text, family: style.fontFamily },
      },
      legend: { bgcolor: "rgba(0,0,0,0)" },
      xaxis: axis,
      yaxis: axis,
    },
  };
}
