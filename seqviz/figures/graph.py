import numpy as np, plotly.graph_objects as go
from seqviz.figures import Picture, palette as P
def draw(m,look):
    t=m.trace; T=len(t.steps); H=t.hidden.shape[2]
    xs=np.arange(T)
    h=t.hidden[look.stream]
    d=[go.Scatter(x=np.repeat(xs,2)+np.tile([0,0.],T),y=np.tile([0,1],T),mode="lines",line={"color":"gray"},hoverinfo="skip")]
    d.append(go.Scatter(x=np.repeat(xs,H)+np.tile(np.linspace(-.3,.3,H),T),y=np.ones(T*H),mode="markers",marker={"symbol":"square","size":8,"color":h.reshape(-1).astype(np.float32),"colorscale":P.DIVERGING,"cmin":-1,"cmax":1}))
    d.append(go.Scatter(x=xs,y=np.zeros(T),mode="markers+text",text=list(t.read),textposition="bottom center",marker={"color":P.INPUT,"size":16,"symbol":"square"}))
    p=t.readout[:,1]
    d.append(go.Scatter(x=xs,y=np.full(T,2.),mode="markers+text",text=[f"{v:.2f}" for v in p],textposition="top center",marker={"color":p.astype(np.float32),"size":16,"symbol":"square","colorscale":P.SEQUENTIAL,"cmin":0,"cmax":1}))
    return go.Figure(d,{"showlegend":False,"xaxis":{"visible":False},"yaxis":{"visible":False,"range":[-.6,2.6]}})
PICTURE=Picture('The unrolled network','Watch the orange strips fill from left to right; the last one decides.',draw)
